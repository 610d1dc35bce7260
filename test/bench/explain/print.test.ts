import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExplainReport, ScenarioReport } from "../../../bench/explain/explain.js";
import { printedReport } from "../../../bench/explain/print.js";
import type { ObservedCause } from "../../../results/vocabulary.js";

const LOCKS = "locks (no kprobes)";
const HINT = /Locks are not visible here: at this depth the lock of the inode may have refused/;

function scenarioReport(
  queueDepth: number,
  cause: ObservedCause,
  cannotSee: string[],
): ScenarioReport {
  return {
    type: "explanation",
    scenario: {
      preparation: "no-fallocate",
      arm: "inline",
      queueDepth,
      blockSizeBytes: 4096,
      fileSizeBytes: 1024 * 4096,
      order: "sequential",
      intervalNs: 0,
      registeredBuffers: false,
    },
    skippedReason: null,
    backend: "tracepoints",
    cannotSee,
    writes: 1024,
    punts: 1024,
    issuedInline: 0,
    submitterGot: {},
    workerGot: {},
    lostEvents: 0,
    causes: [
      {
        cause,
        words: "the write extends the file",
        punts: 1024,
        evidence: "it ends at 4096",
        stack: null,
        curedBy: null,
      },
    ],
    predicted: [],
    disagreements: [],
  };
}

function printed(queueDepth: number, cause: ObservedCause, cannotSee: string[]): string {
  const report: ExplainReport = {
    kernelLabel: "6.18",
    kernelRelease: "6.18.44",
    filesystem: "ext4",
    mountOptions: [],
    filesystemBlockBytes: 4096,
    backend: "tracepoints",
    backendWhat: "tracepoints",
    cannotSee,
    scenarios: [scenarioReport(queueDepth, cause, cannotSee)],
  };
  return printedReport({ ...report, savings: null });
}

test("where locks are not visible and writes overlap, a named cause is said to be not the only one possible", () => {
  assert.match(printed(8, "extends-size", [LOCKS]), HINT);
});

test("nothing is said of locks at depth 1, where they are visible, and where no cause is named", () => {
  assert.doesNotMatch(printed(1, "extends-size", [LOCKS]), HINT);
  assert.doesNotMatch(printed(8, "extends-size", []), HINT);
  assert.doesNotMatch(printed(8, "unknown", [LOCKS]), HINT);
});

test("an unknown cause is called unknown, and gives no reason", () => {
  const text = printed(8, "unknown", [LOCKS]);
  assert.match(text, /all 1024 writes punted, and the trace does not show why/);
  assert.doesNotMatch(text, /punted because/);
});
