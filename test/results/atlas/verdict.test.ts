import assert from "node:assert/strict";
import { test } from "node:test";
import { sameAnswer } from "../../../results/atlas/same-answer.js";
import type { AtlasCell } from "../../../results/atlas/schema.js";
import { mainCauseOf, verdictOf } from "../../../results/atlas/verdict.js";
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

/** `ticks` of the punts came with a clock tick, `others` for another reason; the run without tracing had `counted`. */
function mixedCell(scenario: string, counted: number, ticks: number, others: number) {
  const punts = ticks + others;
  const made = cell(scenario, counted, "timestamp", { traced: { requests: 256, punts } });
  const [cause] = made.causes;
  assert.ok(cause);
  const other = { ...cause, cause: "hole" as const, punts: others };
  return { ...made, causes: [{ ...cause, punts: ticks }, other] };
}

test("where all punt, and some of them for another reason than clock ticks, that reason is told, however few a slow CPU leaves it", () => {
  const boots = [
    mixedCell("append-o_dsync", 256, 65, 191),
    mixedCell("append-o_dsync", 256, 245, 11),
  ] as const;
  for (const appends of boots) {
    assert.equal(verdictOf(appends).words, "every request punts, in part on clock ticks");
    assert.equal(mainCauseOf(appends)?.cause, "hole");
  }
  assert.equal(sameAnswer(...boots), true);
  // Single requests are no reason.
  assert.equal(verdictOf(mixedCell("append-o_dsync", 256, 254, 2)).kind, "tick");
});

test("of requests that punt for another reason and on clock ticks besides, only the other reason is compared", () => {
  const slow = mixedCell("fallocate-0-512", 61, 38, 32);
  const quick = mixedCell("fallocate-0-512", 44, 22, 32);
  const { kind, short, words } = verdictOf(slow);
  assert.deepEqual([kind, short], ["mixed", "13 % + tick"]);
  assert.equal(words, "32 of 256 requests punt, and of the rest the first after each clock tick");
  assert.equal(sameAnswer(slow, quick), true);
  assert.equal(sameAnswer(slow, mixedCell("fallocate-0-512", 150, 22, 120)), false);
  const withoutTicks = cell("fallocate-0-512", 32, "hole");
  assert.equal(sameAnswer(slow, withoutTicks), false);
  // Above depth 1 the other reason is chance too.
  assert.equal(verdictOf(mixedCell("append-depth-8", 135, 123, 91)).kind, "varies");
});

test("a share that one run alone has counted is no verdict, and neither is a request that was split", () => {
  const rings = cell("two-rings", 100, null, { traced: null });
  assert.deepEqual(
    [verdictOf(rings).kind, verdictOf(rings).words],
    [
      "varies",
      "100 of 256 requests punted; it was counted once, so whether that repeats is not known",
    ],
  );
  assert.equal(sameAnswer(rings, cell("two-rings", 1, null, { traced: null })), null);
  const kernelFunction = "bio_split_rw (REQ_NOWAIT), __blkdev_direct_IO";
  const boots = [
    cell("overwrite-1m", 256, "splits-request"),
    cell("overwrite-1m", 0, null, { kernelFunction }),
  ] as const;
  for (const [at, counted] of ["256", "0"].entries()) {
    const { kind, short, words } = verdictOf(boots[at] ?? null);
    assert.deepEqual([kind, short], ["varies", "0 or 100 %"]);
    assert.ok(words.startsWith(`${counted} of 256 requests punted; whether one does is up to`));
  }
  assert.equal(sameAnswer(...boots), null);
});

test("what varies is another answer than none or all, and than another share it may be chance", () => {
  const varies = (counted: number, traced: number, punts?: Partial<AtlasCell>) =>
    cell("append-depth-8", counted, "hole", { traced: { requests: 256, punts: traced }, ...punts });
  const none = cell("append-depth-8", 0);
  assert.equal(verdictOf(varies(100, 160)).kind, "varies");
  assert.equal(sameAnswer(none, varies(100, 160)), false);
  assert.equal(sameAnswer(varies(100, 160), cell("append-depth-8", 256, "hole")), false);
  assert.equal(sameAnswer(varies(100, 160), varies(200, 240)), null);
  assert.equal(sameAnswer(varies(39, 115), cell("append-depth-8", 16, "hole")), null);
  assert.equal(sameAnswer(none, varies(2, 160)), null);
  assert.equal(sameAnswer(none, varies(100, 0, { traced: null })), null);
  // A tick on both: the share is up to the pace.
  const [slow, quick] = [
    mixedCell("append-depth-8", 200, 240, 91),
    mixedCell("append-depth-8", 100, 150, 91),
  ];
  assert.equal(sameAnswer(slow, quick), null);
  assert.equal(sameAnswer(none, quick), false);
});
