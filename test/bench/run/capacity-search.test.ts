import assert from "node:assert/strict";
import { test } from "node:test";
import { CapacitySearch } from "../../../bench/run/capacity-search.js";

/** Searches where `p99` gives the latency of the n-th trial at a rate; returns the search and the tried rates. */
function search(bound: number, trials: number, p99: (rate: number, trial: number) => number) {
  const found = new CapacitySearch(bound, trials);
  const tried = new Map<number, number>();
  for (let rate = found.next(); rate !== null; rate = found.next()) {
    const trial = tried.get(rate) ?? 0;
    tried.set(rate, trial + 1);
    const latencyNsP99 = p99(rate, trial);
    found.add(rate, { latencyNsP99, holds: latencyNsP99 <= 2e6 });
    assert.ok(tried.size <= 10, "a handful of steps");
  }
  return { ...found.found(), tried };
}

for (const capacity of [4_000, 31_000, 60_000, 99_000]) {
  test(`a device that carries ${capacity} writes/s is bracketed within 3 % of the closed loop`, () => {
    const { holds, misses } = search(100_000, 3, (rate) => (rate <= capacity ? 1e6 : 9e6));
    assert.ok(holds && misses);
    assert.ok(holds.rate <= capacity && misses.rate > capacity);
    assert.ok(misses.rate - holds.rate <= 3_000);
    assert.deepEqual([holds.trials, misses.trials], [3, 3]);
    assert.deepEqual([holds.latencyNsP99, misses.latencyNsP99], [1e6, 9e6]);
  });
}

test("one lucky trial does not decide: the bracket moves down when repetitions miss the target", () => {
  const { holds, misses } = search(100_000, 3, (rate, trial) => {
    const lucky = rate > 40_000 && rate < 65_000 && trial === 0;
    return rate <= 40_000 || lucky ? 1e6 : 9e6;
  });
  assert.ok(holds && misses);
  assert.ok(holds.rate <= 40_000 && misses.rate > 40_000);
});

test("a target that no rate holds has no capacity, and one that all hold has no upper end", () => {
  const none = search(100_000, 3, () => 9e6);
  assert.deepEqual([none.holds, none.misses?.trials], [null, 3]);
  const all = search(100_000, 3, () => 1e6);
  assert.ok(all.misses === null && (all.holds?.rate ?? 0) > 100_000);
});

test("a step's rate is that of a pace of whole nanoseconds", () => {
  const { tried } = search(123_457, 1, (rate) => (rate <= 50_000 ? 1e6 : 9e6));
  for (const rate of tried.keys()) assert.equal(1e9 / Math.round(1e9 / rate), rate);
});
