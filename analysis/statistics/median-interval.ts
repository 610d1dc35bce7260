import { quantileSorted } from "simple-statistics";

export interface Interval {
  point: number;
  lower: number;
  upper: number;
}

/**
 * The median with its bootstrap percentile interval, in the limit of infinitely many resamples,
 * which for a median needs no resampling at all.
 *
 * A resample of n values has its k-th smallest value at or below x(r) when at least k of its n draws
 * fall among the r smallest: a binomial tail (B. Efron, The Jackknife, the Bootstrap and Other
 * Resampling Plans, 1982, chapter 10.3). The bounds are the order statistics at which that tail
 * crosses (1 - level) / 2 and its mirror; with an even n the lower and the upper median give one
 * bound each. With five values or fewer this is their whole range.
 *
 * @param sorted ascending, at least one value.
 */
export function medianInterval(sorted: ArrayLike<number>, level = 0.95): Interval {
  const n = sorted.length;
  if (n === 0) throw new Error("medianInterval requires at least one data point");
  const rank = lowerRank(n, (1 - level) / 2);
  return {
    point: quantileSorted(sorted as number[], 0.5),
    lower: sorted[rank - 1] as number,
    upper: sorted[n - rank] as number,
  };
}

const ranks = new Map<string, number>();

/** The smallest rank r (from 1) with P(lower median of a resample <= x(r)) above `tail`. */
function lowerRank(n: number, tail: number): number {
  const key = `${n} ${tail}`;
  const known = ranks.get(key);
  if (known !== undefined) return known;
  const drawsNeeded = Math.ceil(n / 2);
  let low = 1;
  let high = Math.max(1, drawsNeeded);
  // The tail grows with the rank.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (binomialUpperTail(n, middle / n, drawsNeeded) <= tail) low = middle + 1;
    else high = middle;
  }
  ranks.set(key, low);
  return low;
}

/** P(X >= k) for X ~ Binomial(n, p), summed in logarithms so that a large n does not underflow. */
export function binomialUpperTail(n: number, p: number, k: number): number {
  let logTerm = n * Math.log1p(-p);
  let below = 0;
  for (let i = 0; i < k; i += 1) {
    below += Math.exp(logTerm);
    logTerm += Math.log((n - i) / (i + 1)) + Math.log(p) - Math.log1p(-p);
  }
  return Math.max(0, 1 - below);
}
