import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf, changesOf, rangesOf } from "../../../analysis/atlas/answers.js";
import { atlasIndex } from "../../../analysis/atlas/build-index.js";
import { mainCauseOf, verdictOf } from "../../../results/atlas/verdict.js";
import { atlasFile, cell } from "./fixture-atlas.js";

const index = atlasIndex([
  atlasFile("5.10", "ext4", [cell("fallocate-0", 256, "unwritten")]),
  atlasFile("6.1", "ext4", [
    cell("fallocate-0", 256, "unwritten"),
    cell("append", 256, "extends-size"),
  ]),
  atlasFile("6.12", "ext4", [cell("fallocate-0", 0), cell("append", 256, "extends-size")]),
  atlasFile("7.3", "ext4", [cell("fallocate-0", 0), cell("append", 256, "extends-size")]),
]);
const scenario = (name: string) => index.scenarios.findIndex((one) => one.name === name);

test("kernels stand in the order of their numbers", () => {
  const labels = index.kernels.map(({ label }) => label);
  assert.deepEqual(labels, ["5.10", "6.1", "6.12", "7.3"]);
});

test("an answer says since when it is so, what other kernels do, and which kernel helps", () => {
  const old = answerOf(index, 0, scenario("fallocate-0"), 1);
  assert.equal(old.verdict.kind, "all");
  assert.equal(old.since, "so up to 6.1; 6.12 differs");
  assert.deepEqual(old.otherwise, ["6.12 to 7.3: no request punts"]);
  assert.equal(old.cure, "a cure; or Linux 6.12, where no request punts");
  const young = answerOf(index, 0, scenario("fallocate-0"), 3);
  assert.equal(young.since, "so from 6.12 on; 6.1 differs");
  assert.equal(young.cure, null);
});

test("what was not measured is no verdict, and nothing is said to differ from it", () => {
  assert.equal(answerOf(index, 0, scenario("append"), 0).verdict.kind, "unknown");
  assert.equal(
    answerOf(index, 0, scenario("append"), 2).since,
    "so on every kernel measured, 6.1 to 7.3",
  );
  assert.deepEqual(rangesOf(index, 0, scenario("fsync")), []);
});

test("a change is told from one measured kernel to the next", () => {
  assert.deepEqual(changesOf(index), [
    { place: 0, scenario: scenario("fallocate-0"), from: 1, to: 2, better: true },
  ]);
});

const SYNCED = { requests: 256, punts: 256, syncs: 256 };
const SYNCS = { counted: SYNCED, traced: SYNCED };

const verdicts = [
  ["nothing counted", cell("append", 0, null, { counted: null, traced: null }), "unknown", "?"],
  ["skipped", cell("append", 0, null, { skipped: "no RWF_DONTCACHE" }), "cannot", "-"],
  ["none of 256", cell("append", 0), "no", "no"],
  ["one of 256", cell("append", 1, "first-write-of-inode"), "few", "<1 %"],
  ["a third", cell("append", 85, "hole"), "some", "33 %"],
  ["all", cell("append", 256, "hole"), "all", "all"],
  ["timestamps at full pace", cell("append", 40, "timestamp"), "tick", "tick"],
  ["timestamps, at a pace", cell("overwrite-pace-10ms", 256, "timestamp"), "tick", "tick"],
  ["a stat before each", cell("overwrite-stat", 256, "timestamp"), "all", "all"],
  [
    "timestamps and holes",
    cell("append", 200, "timestamp", {
      causes: ["timestamp", "hole"].map((cause) => ({
        cause: cause as "hole",
        punts: 100,
        evidence: "",
        curedBy: null,
      })),
    }),
    "mixed",
    "39 % + tick",
  ],
  [
    "two runs that differ",
    cell("append", 100, "hole", { traced: { requests: 256, punts: 20 } }),
    "varies",
    "8 % to 39 %",
  ],
  ["traced only", cell("append", 256, "hole", { counted: null }), "all", "all"],
  [
    "writes whose fdatasyncs punt",
    cell("overwrite-linked-fdatasync", 256, "blocking-operation", SYNCS),
    "no",
    "no",
  ],
] as const;

for (const [what, one, kind, short] of verdicts) {
  test(`the verdict on ${what} is ${kind}`, () => {
    const verdict = verdictOf(one);
    assert.deepEqual([verdict.kind, verdict.short], [kind, short]);
  });
}

test("of writes with an fdatasync behind them, the words tell both apart", () => {
  const linked = cell("overwrite-linked-fdatasync", 256, "blocking-operation", SYNCS);
  assert.equal(verdictOf(linked).words, "no write punts; each fdatasync does");
});

test("a lock that was held is not named where another cause was seen", () => {
  const both = cell("append-depth-8", 256, "extends-size", {
    causes: [
      { cause: "lock-contended", punts: 250, evidence: "held", curedBy: null },
      { cause: "extends-size", punts: 6, evidence: "longer", curedBy: null },
    ],
  });
  const one = atlasIndex([atlasFile("6.1", "ext4", [both])]);
  assert.equal(answerOf(one, 0, scenario("append-depth-8"), 0).cause?.cause, "extends-size");
});

test("where every request punts, a clock tick is not its cause if something else is", () => {
  const causes = (["timestamp", "page-cache"] as const).map((cause, at) => ({
    cause,
    punts: 200 - 150 * at,
    evidence: "seen",
    curedBy: null,
  }));
  const cached = cell("overwrite-cached", 256, null, { causes });
  assert.equal(verdictOf(cached).kind, "all");
  assert.equal(mainCauseOf(cached)?.cause, "page-cache");
});

test("a cost stands beside that of an overwrite that goes inline, where that was counted too", () => {
  const cost = { submitter: 9_000, ioWq: 20_500, kernelWorkers: 4_000 };
  const plain = { submitter: 12_000, ioWq: 0, kernelWorkers: 4_000 };
  const grows = cell("append", 256, "extends-size", { instructions: cost });
  const words =
    "33,500 instructions per request (submitter 9,000, io-wq 20,500, kernel workers 4,000)";
  const costOf = (cells: Parameters<typeof atlasFile>[2]) =>
    answerOf(atlasIndex([atlasFile("6.1", "ext4", cells)]), 0, scenario("append"), 0).cost;
  assert.equal(costOf([cell("append", 256, "extends-size")]), null);
  assert.equal(costOf([grows]), words);
  assert.equal(
    costOf([grows, cell("dd-prefill", 0, null, { instructions: plain })]),
    `${words}; an overwrite that goes inline costs 16,000`,
  );
});

test("a cell of a scenario that was changed since is not measured", () => {
  const stale = atlasIndex([
    atlasFile("6.1", "ext4", [cell("append", 256, "hole", { key: "old" })]),
  ]);
  assert.equal(answerOf(stale, 0, scenario("append"), 0).verdict.kind, "unknown");
});
