import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzz, regressionsOf } from "./run.js";
import { TARGETS } from "./targets.js";

for (const target of TARGETS) {
  test(`${target.name}: its samples, the inputs that once broke it, and 500 changed ones keep its promises`, () => {
    for (const sample of target.samples()) target.check(sample);
    for (const { input } of regressionsOf(target)) target.check(input);
    const broken = fuzz(target, 500, 1);
    assert.equal(broken, null, broken?.error.stack);
  });
}
