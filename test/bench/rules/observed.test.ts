import assert from "node:assert/strict";
import { test } from "node:test";
import { runningKernelVersion } from "../../../bench/rules/kernel-version.js";
import { predict } from "../../../bench/rules/predict.js";
import type { Punts } from "../../../bench/rules/prediction.js";
import { EASY_WRITE, type WriteQuestion } from "../../../bench/rules/question.js";
import { NO_COW, OBSERVED, WRITES } from "./observed.js";

for (const [filesystem, release, answers] of OBSERVED) {
  test(`the rules agree with what Linux ${release} itself answered on ${filesystem}`, () => {
    const punts = (changes: Partial<WriteQuestion>): Punts =>
      predict({
        ...EASY_WRITE,
        filesystem,
        kernel: runningKernelVersion(release, ""),
        inode: filesystem === "btrfs" ? NO_COW : EASY_WRITE.inode,
        ...changes,
      }).punts;
    const wrong = WRITES.filter(([, changes], index) => {
      // Asked within a clock tick, so a punt per tick did not show.
      const expected = punts(changes) === true ? "P" : "-";
      return answers[index] !== "?" && answers[index] !== expected;
    });
    assert.deepEqual(
      wrong.map(([name]) => name),
      [],
    );
    assert.equal(punts({}) === "tick" ? "P" : "-", answers.at(-1), "after a pause");
    assert.equal(answers.length, WRITES.length + 1);
  });
}
