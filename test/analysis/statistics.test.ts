import assert from "node:assert/strict";
import { test } from "node:test";
import { benjaminiHochberg } from "../../analysis/statistics/benjamini-hochberg.js";
import { medianInterval } from "../../analysis/statistics/median-interval.js";
import { mergedQuantiles } from "../../analysis/statistics/merged-quantile.js";
import { pairedShift, type Shift, unpairedShift } from "../../analysis/statistics/shift.js";
import { studentCritical, studentTwoSidedP } from "../../analysis/statistics/student-t.js";
import { seededRandom } from "../../results/seeded-random.js";
import { normal } from "./fixture.js";

function near(actual: number, expected: number, relative = 1e-8): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} ${expected}`);
}

function assertShift(found: Shift | null, expected: [number, number, number, number]): void {
  assert.ok(found);
  const { point, lower, upper, p } = found;
  for (const [index, value] of [point, lower, upper, p].entries())
    near(value, expected[index] as number, 1e-6);
}

test("Student's t agrees with scipy.stats.t", () => {
  for (const [degrees, critical] of [
    [1, 12.706204736174694],
    [2, 4.302652729749462],
    [4, 2.7764451051977934],
    [8, 2.306004135204166],
    [30, 2.0422724563012378],
    [200, 1.9718962236339088],
  ] as const) {
    near(studentCritical(0.95, degrees), critical);
  }
  near(studentCritical(0.99, 4), 4.604094871349992);
  near(studentTwoSidedP(2.5, 4), 0.06676654481198814);
  near(studentTwoSidedP(0.3, 9), 0.7709907037415248);
  near(studentTwoSidedP(-12, 3), 0.0012450158007893362);
  near(studentTwoSidedP(1.7, 120), 0.09172146378060364);
});

test("paired shifts are those of Hodges and Lehmann, as wilcox.test of R defines them", () => {
  const differences = Object.freeze([0.8, -0.3, 1.2, 0.4, 2.9, 0.7]);
  near(pairedShift(differences, seededRandom(1))?.point as number, 0.8);
});

test("unpaired shifts, their intervals and p-values are those of scipy.stats.ttest_ind with equal_var=False", () => {
  assertShift(
    unpairedShift([12.1, 13.4, 11.8, 12.9, 14.2], [15.3, 14.1, 16.8, 15.9, 30.0]),
    [5.539999999999999, -2.543549664617199, 13.623549664617197, 0.13157050835145728],
  );
  assertShift(
    unpairedShift([1.0, 1.1, 1.2], [3.0, 2.0, 4.5, 6.0]),
    [2.7750000000000004, -0.0021317731070813473, 5.552131773107082, 0.05009436771870301],
  );
});

test("one value on a side is not enough for a shift; identical values leave no doubt", () => {
  assert.equal(unpairedShift([1], [2, 3]), null);
  assert.equal(pairedShift([1], seededRandom(1)), null);
  const certain = unpairedShift([1, 1, 1], [0, 0, 0]);
  assert.deepEqual(certain, { point: -1, lower: -1, upper: -1, p: 0 });
  assert.equal(unpairedShift([1, 1], [1, 1])?.p, 1);
});

test("the same seed gives the same interval", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const once = pairedShift(values, seededRandom(7));
  assert.deepEqual(pairedShift(values, seededRandom(7)), once);
  assert.notDeepEqual(pairedShift(values, seededRandom(8)), once);
});

test("the interval of a median is the range below six values, and says the coverage that it reaches", () => {
  for (const [values, coverage] of [
    [[1, 2, 10], 0.75],
    [[1, 2, 3, 10], 0.875],
    [[1, 2, 3, 4, 10], 0.9375],
    [[1, 2, 3, 4, 5, 10], 0.96875],
  ] as [number[], number][]) {
    const found = medianInterval(values);
    assert.deepEqual([found.lower, found.upper], [1, 10]);
    near(found.coverage, coverage);
  }
  assert.deepEqual(medianInterval([5]), { point: 5, lower: 5, upper: 5, coverage: 0 });
  assert.throws(() => medianInterval([]), /at least one data point/);
});

test("from six values on the ranks are those of the tables of the sign test, with at least 95 %", () => {
  // Ranks from W. J. Conover, Practical Nonparametric Statistics; coverages from scipy.stats.binom.
  for (const [n, rank, coverage] of [
    [7, 1, 0.984375],
    [9, 2, 0.9609375],
    [10, 2, 0.978515625],
    [12, 3, 0.96142578125],
    [15, 4, 0.96484375],
    [20, 6, 0.9586105346679688],
    [25, 8, 0.9567147493362427],
    [41, 14, 0.9724668441704125],
  ] as const) {
    const found = medianInterval(Array.from({ length: n }, (_, index) => index + 1));
    assert.deepEqual([found.lower, found.upper], [rank, n + 1 - rank]);
    near(found.coverage, coverage);
  }
  const many = medianInterval(Array.from({ length: 5000 }, (_, index) => index));
  assert.ok(many.coverage >= 0.95 && many.coverage < 0.952, String(many.coverage));
});

test("the coverage that is stated is the coverage that a simulation finds", () => {
  const random = seededRandom(5);
  for (const n of [2, 3, 5, 9, 20]) {
    let held = 0;
    let stated = 0;
    for (let sample = 0; sample < 20_000; sample += 1) {
      const values = Array.from({ length: n }, () => Math.exp(normal(random))).sort(
        (x, y) => x - y,
      );
      const { lower, upper, coverage } = medianInterval(values);
      if (lower <= 1 && 1 <= upper) held += 1;
      stated = coverage;
    }
    assert.ok(Math.abs(held / 20_000 - stated) < 0.01, `${n}: ${held / 20_000} ${stated}`);
  }
});

test("Benjamini and Hochberg's procedure keeps what scipy's false_discovery_control keeps", () => {
  const p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216];
  assert.deepEqual(
    benjaminiHochberg(p, 0.05),
    p.map((value) => value <= 0.008),
  );
  assert.deepEqual(benjaminiHochberg([], 0.05), []);
});

test("a merged quantile lies within its interval, which widens with disagreement between trials", () => {
  const trial = (shift: number) => {
    const valuesNs = Float64Array.from({ length: 100 }, (_, index) => 1000 + shift + index);
    return { valuesNs, counts: new Float64Array(100).fill(10), total: 1000 };
  };
  const [alike] = mergedQuantiles([0, 1, 2, 3].map(trial), [0.5], seededRandom(1));
  const [apart] = mergedQuantiles([0, 100, 200, 300].map(trial), [0.5], seededRandom(1));
  assert.ok(alike && apart);
  assert.equal(alike.point, 1051);
  assert.ok(alike.lower <= alike.point && alike.point <= alike.upper);
  assert.ok(apart.upper - apart.lower > 20 * (alike.upper - alike.lower));
});

/** 200 writes of a trial whose median lies `shift` above 1000. */
function shiftedTrial(shift: number) {
  const valuesNs = Float64Array.from({ length: 20 }, (_, index) => 1000 + shift + index / 10);
  return { valuesNs, counts: new Float64Array(20).fill(10), total: 200 };
}

test("a merged quantile names the coverage of its interval, which at 2, 3 and 5 trials is their range", () => {
  for (const [trials, coverage] of [
    [2, 0.5],
    [3, 0.75],
    [5, 0.9375],
    [6, 0.95],
    [10, 0.95],
  ] as const) {
    const shifts = Array.from({ length: trials }, (_, index) => 10 * index);
    const [found] = mergedQuantiles(shifts.map(shiftedTrial), [0.5], seededRandom(1));
    assert.ok(found);
    assert.equal(found.coverage, coverage);
    if (trials > 5) continue;
    const width = found.upper - found.lower;
    assert.ok(Math.abs(width - 10 * (trials - 1)) < 0.2, `${width}`);
  }
});

test("the interval of a merged quantile covers as often as it says, at 3, 5, 6, 10 and 15 trials", () => {
  const random = seededRandom(7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  for (const trials of [3, 5, 6, 10, 15]) {
    const repeats = 400;
    let held = 0;
    let named = 0;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const units = Array.from({ length: trials }, () => shiftedTrial(300 + 50 * normal()));
      const [found] = mergedQuantiles(units, [0.5], random);
      assert.ok(found);
      named = found.coverage;
      if (found.lower - 2 <= 1300 && 1300 <= found.upper) held += 1;
    }
    // Three standard errors of a share of 400.
    assert.ok(held / repeats > named - 0.045, `${trials}: ${held / repeats} of ${named}`);
  }
});
