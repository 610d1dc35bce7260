import assert from "node:assert/strict";
import { test } from "node:test";
import { cureFor } from "../../../bench/rules/cures.js";
import { predict } from "../../../bench/rules/predict.js";
import { EASY_WRITE } from "../../../bench/rules/question.js";

const COW = predict({
  ...EASY_WRITE,
  filesystem: "btrfs",
  kernel: { major: 6, minor: 12, patch: 0 },
});

test("on btrfs a punt whose cause the trace does not show still has the cure of the rules", () => {
  assert.match(cureFor("copy-on-write", "btrfs", COW) ?? "", /chattr \+C/);
  assert.match(cureFor("unknown", "btrfs", COW) ?? "", /^if the rules are right .+chattr \+C/);
});

test("an unknown cause without a prediction has no known cure", () => {
  assert.equal(cureFor("unknown", "btrfs", null), null);
});
