import assert from "node:assert/strict";
import { test } from "node:test";
import { drawnFrom } from "../../../bench/atlas/check.js";
import { compareAnswers, comparedText, sumOf } from "../../../bench/atlas/differences.js";
import { atlasFile, cell } from "../../analysis/atlas/fixture-atlas.js";

const expected = atlasFile("6.1", "ext4", [
  cell("append", 256, "extends-size"),
  cell("fallocate-0", 256, "unwritten"),
  cell("overwrite-pace-10ms", 20, "timestamp"),
  cell("fsync", 256, "blocking-operation"),
  cell("read", 0),
]);

test("equal answers agree, also where chance decides how many punt on ticks", () => {
  const again = atlasFile("6.1", "ext4", [
    ...expected.cells.filter(({ scenario }) => scenario !== "overwrite-pace-10ms"),
    cell("overwrite-pace-10ms", 256, "timestamp"),
  ]);
  assert.deepEqual(compareAnswers(expected, again), { agreed: 5, changed: [], untold: [] });
});

test("another verdict and another cause are changes, each in one sentence", () => {
  const { changed } = compareAnswers(
    expected,
    atlasFile("7.0-mine", "ext4", [cell("fallocate-0", 0), cell("append", 256, "hole")]),
  );
  assert.deepEqual(changed, [
    "7.0-mine ext4 fallocate-0: expected every request punts (unwritten); measured no request punts",
    "7.0-mine ext4 append: expected every request punts (extends-size); measured every request punts (hole)",
  ]);
});

test("single requests that punt in one boot and not in the other are no change, but a tenth of them is", () => {
  const compare = (punts: number) =>
    compareAnswers(
      atlasFile("5.10", "f2fs", [cell("overwrite-unaligned", 0)]),
      atlasFile("5.10", "f2fs", [cell("overwrite-unaligned", punts, "page-cache")]),
    );
  assert.deepEqual(sumOf([compare(2)]).changed, []);
  assert.equal(sumOf([compare(2)]).agreed, 1);
  assert.equal(sumOf([compare(26)]).changed.length, 1);
});

test("what one side did not measure is told apart from agreement", () => {
  const measured = atlasFile("6.1", "ext4", [
    cell("statx", 256, "blocking-operation"),
    cell("read", 0, null, { counted: null, traced: null }),
    cell("append", 256, "extends-size", { key: "another scenario" }),
  ]);
  const found = compareAnswers(expected, measured);
  assert.deepEqual([found.agreed, found.changed.length, found.untold.length], [0, 0, 3]);
  assert.match(comparedText(sumOf([found])), /^0 cells as expected, 0 changed, 3 cannot be told\n/);
});

test("a draw has at least one file, and a seed draws the same again", () => {
  const files = ["5.10", "6.1", "6.12", "7.2", "7.3"].flatMap((kernel) =>
    ["ext4", "xfs", "btrfs", "overlay"].map((place) => atlasFile(kernel, place, [])),
  );
  assert.equal(drawnFrom(files, 10, 1).length, 2);
  assert.deepEqual(drawnFrom(files, 10, 1), drawnFrom(files, 10, 1));
  assert.equal(drawnFrom(files.slice(0, 3), 10, 1).length, 1);
  const drawn = new Set(Array.from({ length: 40 }, (_, seed) => drawnFrom(files, 5, seed)[0]));
  assert.ok(drawn.size > 5, "every file can be drawn");
});
