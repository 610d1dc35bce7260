import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { atOnce } from "../../../bench/lab/session/at-once.js";

/** Runs the items and notes what began and ended, and how many ran at most. */
async function noted(count: number, fails: readonly number[] = []) {
  const seen = { began: [] as number[], ended: [] as number[], most: 0, slots: new Set<number>() };
  const done = atOnce([1, 2, 3, 4, 5], count, async (item, slot) => {
    seen.began.push(item);
    seen.slots.add(slot);
    seen.most = Math.max(seen.most, seen.began.length - seen.ended.length);
    // The first one takes longest.
    for (let turn = item; turn < 6; turn += 1) await setImmediate();
    seen.ended.push(item);
    if (fails.includes(item)) throw new Error(`${item} failed`);
  });
  return { done, seen };
}

test("every item is done once, no more than so many at a time, each in a slot of its own", async () => {
  const { done, seen } = await noted(2);
  await done;
  assert.deepEqual(seen.began, [1, 2, 3, 4, 5]);
  assert.deepEqual(seen.ended.toSorted(), [1, 2, 3, 4, 5]);
  assert.equal(seen.most, 2);
  assert.deepEqual([...seen.slots], [0, 1]);
});

test("with more slots than items each runs at once", async () => {
  const { done, seen } = await noted(8);
  await done;
  assert.equal(seen.most, 5);
});

test("after a failure nothing else begins, and it is thrown when what was begun has ended", async () => {
  const { done, seen } = await noted(2, [2]);
  await assert.rejects(done, /^Error: 2 failed$/);
  assert.deepEqual(seen.began, [1, 2]);
  assert.deepEqual(seen.ended.toSorted(), [1, 2]);
});

test("of several failures the first is thrown", async () => {
  const { done } = await noted(3, [1, 3]);
  await assert.rejects(done, /^Error: 3 failed$/);
});
