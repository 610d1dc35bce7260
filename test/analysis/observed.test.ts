import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { observedSentences } from "../../analysis/report/finding-observed.js";
import { writeReport } from "../../analysis/report/run.js";
import { quantileNs } from "../../results/durations.js";
import type { Observation, ObservedFile } from "../../results/observation.js";
import { QUIET_FILE } from "./fixture-fleet.js";
import { headerOf } from "./fixture-header.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-observed-"));
after(() => rmSync(folder, { recursive: true }));

const INLINE: ObservedFile = {
  ...QUIET_FILE,
  file: "/var/lib/mysql/ib_logfile0",
  bytesPerRequest: 512,
};
const PUNTING: ObservedFile = {
  ...INLINE,
  file: "/var/lib/mysql/sbtest/sbtest1.ibd",
  operation: "writev",
  bytesPerRequest: 16_384,
  punts: 900,
  causes: [
    { cause: "unwritten", punts: 60, evidence: "the extent is unwritten", curedBy: "Linux 6.3" },
    { cause: "lock-contended", punts: 20, evidence: "the lock was held", curedBy: null },
  ],
  inlineLatencies: [[163_840, 6]],
  puntedLatencies: [
    [163_840, 30],
    [2_097_152, 26],
  ],
  workerCpuNs: 2e9,
};
const OBSERVATION: Observation = {
  type: "observation",
  process: 4242,
  program: "mariadbd",
  wallNs: 1e10,
  sampled: 16,
  files: [PUNTING, INLINE],
  workerCpuNs: 2e9,
  stalls: { count: 40, blockedNs: 4e8, maxNs: 1.2e7, long: 30, durations: [[12_582_912, 40]] },
};

function resultsFile(name: string, lines: readonly object[]): string {
  const input = join(folder, name);
  mkdirSync(input);
  const header = headerOf({ kernelLabel: "6.1", rounds: 0 }, []);
  const environment = {
    ...header.environment,
    filesystem: null,
    device: null,
    directIoAlignment: null,
  };
  const footer = {
    type: "footer",
    finishedAt: "2026-01-01T00:00:10.000Z",
    outcome: "complete",
    reason: null,
    trials: 0,
    warnings: [],
  };
  const all = [{ ...header, environment, instrumentChecks: null }, ...lines, footer];
  writeFileSync(join(input, "a.jsonl"), all.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return input;
}

test("the report says what a watched program did: findings, chart, table, evidence", async () => {
  const out = join(folder, "report");
  await writeReport([resultsFile("mariadb", [OBSERVATION])], { out, iops: "100k", p99: "2ms" });
  const report = readFileSync(join(out, "report.md"), "utf8");
  assert.match(report, /^## What mariadbd did$/m);
  assert.match(
    report,
    /^- mariadbd \(4242\) sent 2,000 io_uring requests, and 45 % of them were executed by io-wq workers, which used at least 0\.20 CPUs\.$/m,
  );
  assert.match(
    report,
    /sbtest1\.ibd \| writev 16 KiB .*\| 90 % .*unwritten 75 %, lock-contended 25 %/,
  );
  assert.match(report, /\| 20 % \| 0 \|/);
  assert.ok(existsSync(join(out, "observed-1.png")) && existsSync(join(out, "observed-1.vl.json")));
  assert.doesNotMatch(report, /No trial succeeded|it holds no trial/);
});

test("a program whose submitters were blocked has a section, even if none of its requests completed", async () => {
  const out = join(folder, "blocked-report");
  const blocked = { ...OBSERVATION, program: "stuck", files: [], workerCpuNs: 0 };
  await writeReport([resultsFile("blocked", [blocked])], { out, iops: "100k", p99: "2ms" });
  const report = readFileSync(join(out, "report.md"), "utf8");
  assert.match(
    report,
    /^## What stuck did$[\s\S]*^- stuck \(4242\) completed no io_uring request\.$\n^- Submitting threads were blocked for more than 1 ms 30 times/m,
  );
  assert.doesNotMatch(report, /\| requests\/s/);
});

test("what is not known is said, and no number stands for it", () => {
  const unseen = { ...OBSERVATION, stalls: null, files: [INLINE] };
  assert.deepEqual(observedSentences(unseen), [
    "mariadbd (4242) sent 1,000 io_uring requests, and none of them went to a worker.",
    "Whether its submitting threads were blocked is unknown: this needs Linux 5.15 or newer.",
  ]);
  assert.equal(quantileNs([], 0.99), null);
});

test("a cure stands for its share of all punts, and stalls have rate and maximum", () => {
  assert.deepEqual(observedSentences(OBSERVATION).slice(1), [
    "Cure for 75 % of the punts: Linux 6.3.",
    "/var/lib/mysql/sbtest/sbtest1.ibd, writev: 99 % of the punted requests took at most 2.1 ms, of the inline ones 164 µs.",
    "Submitting threads were blocked for more than 1 ms 30 times (3.0/s, max 12 ms).",
  ]);
});
