import assert from "node:assert/strict";
import { test } from "node:test";
import { withInferredTicks } from "../../../results/atlas/inferred-ticks.js";
import { verdictOf } from "../../../results/atlas/verdict.js";
import { cell } from "../../analysis/atlas/fixture-atlas.js";

const untraced = { traced: null };
const ticking = cell("dd-prefill", 40, "timestamp");

test("where plain overwrites punt on ticks, the same of two rings do, and the cause says that it was not seen", () => {
  const [, rings] = withInferredTicks([ticking, cell("two-rings", 90, null, untraced)]);
  assert.equal(rings && verdictOf(rings).kind, "tick");
  assert.match(rings?.causes[0]?.evidence ?? "", /^not traced; /);
});

test("a punt whose cause was seen keeps it, and one that a rule of ticks says nothing of keeps none", () => {
  const seen = cell("overwrite-512", 256, "unaligned");
  const buffered = cell("buffered-overwrite", 9, "unknown");
  const grows = cell("one-worker", 9, "unknown");
  assert.deepEqual(withInferredTicks([ticking, seen, buffered, grows]).slice(1), [
    seen,
    buffered,
    grows,
  ]);
});

test("where plain overwrites do not punt, or not only on ticks, nothing is inferred", () => {
  const rings = cell("two-rings", 90, null, untraced);
  const mixed = cell("dd-prefill", 40, "timestamp", {
    causes: [...ticking.causes, { cause: "hole", punts: 3, evidence: "", curedBy: null }],
  });
  for (const plain of [cell("dd-prefill", 0), mixed]) {
    assert.deepEqual(withInferredTicks([plain, rings])[1], rings);
  }
});

test("of writes with an fdatasync behind them, the unknown punts are on ticks and the fdatasyncs stay as they are", () => {
  const causes = (["unknown", "blocking-operation"] as const).map((cause) => ({
    cause,
    punts: 100,
    evidence: "seen",
    curedBy: null,
  }));
  const linked = cell("overwrite-linked-fdatasync", 200, null, { causes });
  const [, told] = withInferredTicks([ticking, linked]);
  assert.deepEqual(
    told?.causes.map(({ cause }) => cause),
    ["timestamp", "blocking-operation"],
  );
});
