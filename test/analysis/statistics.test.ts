import assert from "node:assert/strict";
import { test } from "node:test";
import { benjaminiHochberg } from "../../analysis/statistics/benjamini-hochberg.js";
import { binomialUpperTail, medianInterval } from "../../analysis/statistics/median-interval.js";
import { mergedQuantiles } from "../../analysis/statistics/merged-quantile.js";
import { pairedShift, unpairedShift } from "../../analysis/statistics/shift.js";
import { studentCritical, studentTwoSidedP } from "../../analysis/statistics/student-t.js";
import { seededRandom } from "../../results/seeded-random.js";
import { normal } from "./fixture.js";

function near(actual: number, expected: number, relative = 1e-8): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} ${expected}`);
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

test("the binomial tail agrees with scipy.stats.binom.sf, also for many trials", () => {
  near(binomialUpperTail(5, 0.2, 3), 0.05792);
  near(binomialUpperTail(40, 0.3, 15), 0.19255175473517566);
  near(binomialUpperTail(1001, 0.47, 501), 0.028683662638080247);
});

test("shifts are those of Hodges and Lehmann, as wilcox.test of R defines them", () => {
  const a = Object.freeze([12.1, 13.4, 11.8, 12.9, 14.2]);
  const b = Object.freeze([15.3, 14.1, 16.8, 15.9, 30.0]);
  near(unpairedShift(a, b, seededRandom(1))?.point as number, 3.2);
  const differences = Object.freeze([0.8, -0.3, 1.2, 0.4, 2.9, 0.7]);
  near(pairedShift(differences, seededRandom(1))?.point as number, 0.8);
});

test("one value on a side is not enough for a shift; identical values leave no doubt", () => {
  assert.equal(unpairedShift([1], [2, 3], seededRandom(1)), null);
  assert.equal(pairedShift([1], seededRandom(1)), null);
  const certain = unpairedShift([1, 1, 1], [0, 0, 0], seededRandom(1));
  assert.deepEqual(certain, { point: -1, lower: -1, upper: -1, p: 0 });
  assert.equal(unpairedShift([1, 1], [1, 1], seededRandom(1))?.p, 1);
});

test("the same seed gives the same interval", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const once = pairedShift(values, seededRandom(7));
  assert.deepEqual(pairedShift(values, seededRandom(7)), once);
  assert.notDeepEqual(pairedShift(values, seededRandom(8)), once);
});

test("the median's interval is that of a brute-force bootstrap, and the range for five values", () => {
  assert.deepEqual(medianInterval([1, 2, 3, 4, 10]), { point: 3, lower: 1, upper: 10 });
  assert.deepEqual(medianInterval([5]), { point: 5, lower: 5, upper: 5 });
  assert.throws(() => medianInterval([]), /at least one data point/);
  const random = seededRandom(5);
  const sorted = Array.from({ length: 41 }, () => normal(random)).sort((x, y) => x - y);
  const medians = Array.from({ length: 20_000 }, () => {
    const draws = sorted.map(() => sorted[Math.floor(random() * 41)] as number);
    return draws.sort((x, y) => x - y)[20] as number;
  }).sort((x, y) => x - y);
  const exact = medianInterval(sorted);
  assert.equal(exact.lower, medians[500]);
  assert.equal(exact.upper, medians[19_499]);
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
