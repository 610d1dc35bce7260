import { quantileSorted } from "simple-statistics";

export interface Interval {
  point: number;
  lower: number;
  upper: number;
}

export interface MedianInterval extends Interval {
  /** The chance that such an interval holds the true median, 0..1. Below six values it is less than 0.95. */
  coverage: number;
}

/**
 * The median with its distribution-free interval: the narrowest pair of order statistics x(r) and x(n + 1 - r) that
 * holds the true median with at least the chance `level` (W. R. Thompson, Annals of Mathematical Statistics 7, 1936).
 * The chance is exact for any continuous distribution: both sides of it are tails of Binomial(n, 1/2).
 *
 * With five values or fewer no pair reaches 95 %. The interval is then their range, and `coverage` says what
 * the range reaches: 50 % for two values, 75 % for three, 87.5 % for four, 93.75 % for five.
 *
 * @param sorted ascending, at least one value. One value has the coverage 0.
 */
export function medianInterval(sorted: ArrayLike<number>, level = 0.95): MedianInterval {
  const n = sorted.length;
  if (n === 0) throw new Error("medianInterval requires at least one data point");
  const { rank, coverage } = ranksFor(n, level);
  return {
    point: quantileSorted(sorted as number[], 0.5),
    lower: sorted[rank - 1] as number,
    upper: sorted[n - rank] as number,
    coverage,
  };
}

interface Ranks {
  /** From 1, counted from either end. */
  rank: number;
  coverage: number;
}

const known = new Map<string, Ranks>();

function ranksFor(n: number, level: number): Ranks {
  const key = `${n} ${level}`;
  let found = known.get(key);
  if (!found) {
    found = searchRanks(n, level);
    known.set(key, found);
  }
  return found;
}

/** The largest rank whose two tails leave at least `level`; 1 when none does. */
function searchRanks(n: number, level: number): Ranks {
  // Logarithms, because 2^-n underflows for a large n.
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  let rank = 1;
  while (rank < Math.ceil(n / 2)) {
    logTerm += Math.log((n - rank + 1) / rank);
    const next = tail + Math.exp(logTerm);
    if (1 - 2 * next < level) break;
    tail = next;
    rank += 1;
  }
  return { rank, coverage: Math.max(0, 1 - 2 * tail) };
}
