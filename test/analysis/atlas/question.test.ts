import assert from "node:assert/strict";
import { test } from "node:test";
import { atlasIndex } from "../../../analysis/atlas/build-index.js";
import { asked } from "../../../analysis/atlas/question.js";
import { ATLAS_SCENARIOS } from "../../../results/atlas/scenarios.js";
import { UsageError } from "../../../terminal/errors.js";
import { atlasFile } from "./fixture-atlas.js";

const index = atlasIndex(
  ["6.1", "6.12"].flatMap((kernel) =>
    ["ext4", "ext4-lazytime", "xfs"].map((place) => atlasFile(kernel, place, [])),
  ),
);
const found = (question: string, kernel: string | null = null) => {
  const { kernels, places, scenarios } = asked(index, question.split(" "), kernel);
  return [
    kernels.map((at) => index.kernels[at]?.label),
    places.map((at) => index.places[at]?.name),
    scenarios.map((at) => index.scenarios[at]?.name),
  ];
};

test("a question names kernel, place and scenario in any order", () => {
  const one = [["6.1"], ["ext4"], ["append"]];
  assert.deepEqual(found("ext4 append 6.1"), one);
  assert.deepEqual(found("append ext4", "6.1"), one);
  assert.deepEqual(found("Append EXT4 6.1"), one);
});

test("a release names its series, and an option of a place the place", () => {
  assert.deepEqual(found("6.12.118+deb13-cloud-amd64 lazytime fsync"), [
    ["6.12"],
    ["ext4-lazytime"],
    ["fsync"],
  ]);
  assert.deepEqual(found("ext4 lazytime fsync 6.1"), [["6.1"], ["ext4-lazytime"], ["fsync"]]);
});

test("several words name one scenario, and words of its description several", () => {
  assert.deepEqual(found("fallocate-0 depth 8 xfs 6.1")[2], ["fallocate-0-depth-8"]);
  const durable = ATLAS_SCENARIOS.filter(({ name }) => name.includes("o_dsync"));
  assert.deepEqual(
    found("o_dsync xfs 6.1")[2],
    durable.map(({ name }) => name),
  );
});

test("what is not named is not narrowed", () => {
  const [kernels, places, scenarios] = found("append");
  assert.deepEqual(
    [kernels, places, scenarios],
    [["6.1", "6.12"], ["ext4", "xfs", "ext4-lazytime"], ["append"]],
  );
});

for (const question of ["9.9 append", "zfs append", "xfs lazytime", "\u001b[31mred"]) {
  test(`${JSON.stringify(question)} is refused with what the atlas has`, () => {
    assert.throws(
      () => found(question),
      (error: UsageError) => {
        assert.ok(error instanceof UsageError);
        assert.ok(!error.message.includes("\u001b"));
        assert.ok(error.remedy.length > 10);
        return true;
      },
    );
  });
}
