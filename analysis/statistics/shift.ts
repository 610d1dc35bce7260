import { mean, sampleVariance } from "simple-statistics";
import type { Random } from "../../results/seeded-random.js";
import type { Interval } from "./median-interval.js";
import { type Resample, resamplesOf } from "./resamples.js";
import { studentCritical, studentTwoSidedP } from "./student-t.js";

/** A difference between two samples, with its interval and the evidence against "no difference". */
export interface Shift extends Interval {
  /** Two-sided; 0 when every resample says the same. */
  p: number;
}

const RESAMPLES = 1000;
/** With more values the table of pairs is too slow; callers then pass medians of batches. */
export const SHIFT_VALUES_MAX = 64;

/**
 * How much the mean of B lies above that of A, where both may spread differently: Welch's t (B. L. Welch,
 * Biometrika 34, 1947) with the degrees of freedom of F. E. Satterthwaite (Biometrics Bulletin 2, 1946).
 *
 * @returns null with fewer than two values on a side, because the spread is then unknown.
 */
export function unpairedShift(
  a: readonly number[],
  b: readonly number[],
  level = 0.95,
): Shift | null {
  if (a.length < 2 || b.length < 2) return null;
  const scale = Math.max(...a.map(Math.abs), ...b.map(Math.abs));
  const ofA = withoutRounding(sampleVariance(a as number[]), scale ** 2) / a.length;
  const ofB = withoutRounding(sampleVariance(b as number[]), scale ** 2) / b.length;
  const variance = ofA + ofB;
  const degrees = variance ** 2 / (ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1));
  const point = withoutRounding(mean(b as number[]) - mean(a as number[]), scale);
  return shiftFrom(point, variance, degrees, level);
}

/** What is only an error of rounding counts as 0. */
function withoutRounding(value: number, scale: number): number {
  return Math.abs(value) > 1e-14 * scale ? value : 0;
}

/**
 * The Hodges-Lehmann estimate of the middle of differences taken in pairs, e.g. by round: the median
 * of all averages of two of them (J. L. Hodges, E. L. Lehmann, Annals of Mathematical Statistics 34, 1963). It is
 * nearly as precise as the mean, and one disturbed round hardly changes it.
 *
 * Interval: Student's t times the standard error over bootstrap resamples, since plain bootstrap percentiles of
 * five values are far too narrow (T. Hesterberg, What Teachers Should Know about the Bootstrap, The American
 * Statistician 69, 2015, section 3.2). A resample of n values spreads too little by (n - 1) / n, which is
 * corrected. test/analysis/calibration.test.ts checks the share of false findings at 2, 3, 5 and 10 rounds.
 */
export function pairedShift(
  differences: readonly number[],
  random: Random,
  level = 0.95,
): Shift | null {
  const n = differences.length;
  if (n < 2) return null;
  const pairs: Pair[] = [];
  for (let i = 0; i < n; i += 1) {
    for (let j = i; j < n; j += 1) {
      pairs.push({ value: ((differences[i] as number) + (differences[j] as number)) / 2, i, j });
    }
  }
  pairs.sort((left, right) => left.value - right.value);
  const values = Float64Array.from(pairs, (pair) => pair.value);
  const weights = new Float64Array(values.length);
  const point = weightedMedian(values, weights.fill(1));
  const variance = pairedVariance(pairs, values, resamplesOf(n, random, RESAMPLES));
  return shiftFrom(point, (variance * n) / (n - 1), n - 1, level);
}

interface Pair {
  value: number;
  i: number;
  j: number;
}

function pairedVariance(
  pairs: readonly Pair[],
  values: Float64Array,
  resamples: readonly Resample[],
): number {
  const weights = new Float64Array(values.length);
  let average = 0;
  let square = 0;
  for (const { counts, weight } of resamples) {
    for (let index = 0; index < pairs.length; index += 1) {
      const { i, j } = pairs[index] as Pair;
      const count = counts[i] as number;
      weights[index] = i === j ? (count * (count + 1)) / 2 : count * (counts[j] as number);
    }
    const drawn = weightedMedian(values, weights);
    average += weight * drawn;
    square += weight * drawn * drawn;
  }
  return withoutRounding(square - average * average, square);
}

function shiftFrom(point: number, variance: number, degrees: number, level: number): Shift {
  const error = Math.sqrt(variance);
  const reach = error === 0 ? 0 : studentCritical(level, degrees) * error;
  const p = error === 0 ? Number(point === 0) : studentTwoSidedP(point / error, degrees);
  return { point, lower: point - reach, upper: point + reach, p };
}

/** @param values ascending. With half the weight exactly below, the middle of the two neighbours. */
function weightedMedian(values: Float64Array, weights: Float64Array): number {
  let total = 0;
  for (const weight of weights) total += weight;
  let below = 0;
  for (let index = 0; index < values.length; index += 1) {
    below += weights[index] as number;
    if (below * 2 < total) continue;
    if (below * 2 > total) return values[index] as number;
    let next = index + 1;
    while (weights[next] === 0) next += 1;
    return ((values[index] as number) + (values[next] as number)) / 2;
  }
  return Number.NaN;
}
