import assert from "node:assert/strict";
import { test } from "node:test";
import { verdictOf } from "../../../results/atlas/verdict.js";
import { cell } from "../../analysis/atlas/fixture-atlas.js";

test("where only the traced run tells fdatasyncs from writes, it alone is asked of the writes", () => {
  const counted = { requests: 256, punts: 256 };
  const traced = { requests: 512, punts: 256, syncs: 256 };
  const linked = cell("overwrite-linked-fdatasync", 256, "blocking-operation", { counted, traced });
  assert.equal(verdictOf(linked).words, "no write punts; each fdatasync does");
  const untold = { ...linked, traced: null };
  assert.equal(verdictOf(untold).kind, "all");
});

test("two runs whose shares differ by more than two points vary, and both are given", () => {
  const traced = { requests: 256, punts: 20 };
  const { kind, words } = verdictOf(cell("append", 10, "hole", { traced }));
  assert.equal(kind, "varies");
  assert.match(words, /10 punted in one run, 20 in another/);
});
