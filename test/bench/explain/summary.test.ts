import assert from "node:assert/strict";
import { test } from "node:test";
import { summarise } from "../../../bench/explain/summary.js";
import type { ExplainedWrite } from "../../../bench/explain/trace-writes.js";
import type { Prediction, Punts } from "../../../bench/rules/prediction.js";
import type { ObservedCause } from "../../../results/vocabulary.js";

const prediction = (punts: Punts, cause: Prediction["cause"]): Prediction => ({
  punts,
  cause,
  why: "",
  kernelFunction: null,
  curedBy: null,
});

/** One write, with its prediction when all writes before it have ended, the one while they have not, and its cause. */
function write(
  predicted: Prediction,
  seen: ObservedCause | null,
  early = predicted,
): ExplainedWrite {
  const attempt = { steps: [], entered: false, result: null, bioRefused: null };
  const punt = { forced: false, drained: false, hashed: false, stack: null };
  return {
    index: 0,
    traced: {
      offsetBytes: 0,
      lengthBytes: 4096,
      state: null,
      neverInline: null,
      workerInside: false,
      inline: attempt,
      punt: seen === null ? null : punt,
      retry: null,
    },
    expected: { prediction: predicted, early },
    attribution: seen === null ? null : { cause: seen, evidence: "seen" },
  };
}

function disagreements(...writes: ExplainedWrite[]): number {
  const recording = { records: [], lostEvents: 0 };
  const summary = summarise({ filesystem: "xfs", writes, recording });
  return summary.disagreements.reduce((sum, { writes: count }) => sum + count, 0);
}

const hole = prediction(true, "hole");
const inline = prediction(false, "overwrite");

test("an unexpected cause, an unexpected punt and a missing punt are findings", () => {
  assert.equal(disagreements(write(hole, "page-cache")), 1);
  assert.equal(disagreements(write(hole, null)), 1);
  assert.equal(disagreements(write(inline, "hole")), 1);
  assert.equal(disagreements(write(inline, "timestamp")), 1);
  assert.equal(disagreements(write(hole, "hole"), write(inline, null)), 0);
});

test("a held lock, a clock tick before another cause and a write under way are no findings", () => {
  assert.equal(disagreements(write(hole, "lock-contended"), write(inline, "lock-contended")), 0);
  assert.equal(disagreements(write(hole, "timestamp")), 0);
  assert.equal(disagreements(write(hole, "beyond-size", prediction(true, "beyond-size"))), 0);
  assert.equal(disagreements(write(prediction("tick", "timestamp"), null)), 0);
});

test("an unknown cause and a write without a rule are no findings", () => {
  assert.equal(disagreements(write(hole, "unknown")), 0);
  assert.equal(disagreements(write(prediction(null, "not-established"), "hole")), 0);
});
