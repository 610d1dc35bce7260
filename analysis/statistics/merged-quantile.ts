import type { ValueCounts } from "../../results/histogram.js";
import type { Random } from "../../results/seeded-random.js";
import { type Interval, medianInterval } from "./median-interval.js";
import { resamplesOf } from "./resamples.js";
import { normalTail, studentCritical } from "./student-t.js";

const RESAMPLES = 400;

/**
 * A quantile of several histograms taken together, with a bootstrap percentile interval whose unit
 * is the whole histogram: writes of one trial are not independent, so single writes are never resampled.
 *
 * Plain percentiles cover too little with few units (84 % with five), so they are expanded for Student's t (T. C.
 * Hesterberg, The American Statistician 69, 2015, section 4.1). Below six units no interval from them can reach the level:
 * it is then the range of the units' own quantiles, between which the quantile of all of them always lies.
 *
 * With cumulative counts on a common axis one resample costs a binary search instead of a merge.
 * @param share 0..1; @param histograms at least one, none empty. The point always lies within.
 */
export function mergedQuantiles(
  histograms: readonly ValueCounts[],
  shares: readonly number[],
  random: Random,
  level = 0.95,
): MergedInterval[] {
  const { axis, cumulative } = onCommonAxis(histograms);
  const once = new Float64Array(histograms.length).fill(1);
  const points = shares.map((share) => weightedQuantile(axis, cumulative, once, share));
  const reachable = rangeCoverage(histograms.length);
  if (reachable < level) {
    return points.map((point, index) => {
      const own = cumulative.map((column) =>
        weightedQuantile(axis, [column], new Float64Array([1]), shares[index] as number),
      );
      const [lower, upper] = [Math.min(point, ...own), Math.max(point, ...own)];
      return { point, lower, upper, coverage: reachable };
    });
  }
  const tail = expandedTail(histograms.length, level);
  const resamples = resamplesOf(histograms.length, random, RESAMPLES);
  const weights = new Float64Array(histograms.length);
  const resampled = shares.map((): Weighted[] => []);
  for (const { counts, weight } of resamples) {
    weights.set(counts);
    for (const [index, share] of shares.entries()) {
      const value = weightedQuantile(axis, cumulative, weights, share);
      (resampled[index] as Weighted[]).push({ value, weight });
    }
  }
  return points.map((point, index) => {
    const sorted = (resampled[index] as Weighted[]).sort((a, b) => a.value - b.value);
    return {
      point,
      lower: Math.min(point, quantileOf(sorted, tail)),
      upper: Math.max(point, quantileOf(sorted, 1 - tail)),
      coverage: level,
    };
  });
}

export interface MergedInterval extends Interval {
  /** Below six units that of their range, as for a median; else the level, which holds to first order. */
  coverage: number;
}

function rangeCoverage(n: number): number {
  return medianInterval(new Float64Array(n), 1).coverage;
}

function expandedTail(n: number, level: number): number {
  return normalTail(Math.sqrt(n / (n - 1)) * studentCritical(level, n - 1));
}

interface Weighted {
  value: number;
  weight: number;
}

/** @param sorted ascending; the weights add up to 1. */
function quantileOf(sorted: readonly Weighted[], share: number): number {
  let seen = 0;
  for (const { value, weight } of sorted) {
    seen += weight;
    if (seen >= share) return value;
  }
  return (sorted.at(-1) as Weighted).value;
}

interface CommonAxis {
  axis: Float64Array;
  /** One array for each histogram: how many of its values lie at or below each point of the axis. */
  cumulative: Float64Array[];
}

function onCommonAxis(histograms: readonly ValueCounts[]): CommonAxis {
  const all = new Float64Array(histograms.reduce((sum, { valuesNs }) => sum + valuesNs.length, 0));
  let filled = 0;
  for (const { valuesNs } of histograms) {
    all.set(valuesNs, filled);
    filled += valuesNs.length;
  }
  const axis = all.sort().filter((value, index) => index === 0 || value !== all[index - 1]);
  const cumulative = histograms.map(({ valuesNs, counts }) => {
    const column = new Float64Array(axis.length);
    let next = 0;
    let seen = 0;
    for (let index = 0; index < axis.length; index += 1) {
      if (next < valuesNs.length && valuesNs[next] === axis[index]) {
        seen += counts[next] as number;
        next += 1;
      }
      column[index] = seen;
    }
    return column;
  });
  return { axis, cumulative };
}

function weightedQuantile(
  axis: Float64Array,
  cumulative: readonly Float64Array[],
  weights: Float64Array,
  share: number,
): number {
  const at = (index: number): number => {
    let sum = 0;
    for (let i = 0; i < weights.length; i += 1) {
      const weight = weights[i] as number;
      if (weight !== 0) sum += weight * ((cumulative[i] as Float64Array)[index] as number);
    }
    return sum;
  };
  const wanted = Math.max(1, Math.ceil(share * at(axis.length - 1) - 1e-9));
  let low = 0;
  let high = axis.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(middle) >= wanted) high = middle;
    else low = middle + 1;
  }
  return axis[low] as number;
}
