import type { Random } from "../../results/seeded-random.js";

/** One bootstrap resample: how often each value is drawn, and how likely that is. */
export interface Resample {
  counts: Uint16Array;
  weight: number;
}

/** Up to this many values all resamples are listed (462 for six): exact, and faster than drawing. */
const ENUMERATED_MAX = 6;
const listed = new Map<number, Resample[]>();

/** All resamples of n values with their probabilities, or `draws` random ones of equal weight. */
export function resamplesOf(n: number, random: Random, draws: number): readonly Resample[] {
  if (n > ENUMERATED_MAX) {
    return Array.from({ length: draws }, () => ({
      counts: drawCounts(n, random),
      weight: 1 / draws,
    }));
  }
  let all = listed.get(n);
  if (!all) {
    all = enumerate(n);
    listed.set(n, all);
  }
  return all;
}

/** How often each of n values is drawn when n are drawn with replacement. */
function drawCounts(n: number, random: Random): Uint16Array {
  const counts = new Uint16Array(n);
  for (let draw = 0; draw < n; draw += 1) {
    const chosen = Math.floor(random() * n);
    counts[chosen] = (counts[chosen] as number) + 1;
  }
  return counts;
}

/** Every way to split n draws over n values, with its multinomial probability n! / (k1! k2! ...) / n^n. */
function enumerate(n: number): Resample[] {
  const all: Resample[] = [];
  const counts = new Uint16Array(n);
  const place = (index: number, left: number, weight: number): void => {
    if (index === n - 1) {
      counts[index] = left;
      all.push({ counts: counts.slice(), weight: weight / factorial(left) });
      return;
    }
    for (let count = 0; count <= left; count += 1) {
      counts[index] = count;
      place(index + 1, left - count, weight / factorial(count));
    }
  };
  place(0, n, factorial(n) / n ** n);
  return all;
}

function factorial(n: number): number {
  let product = 1;
  for (let factor = 2; factor <= n; factor += 1) product *= factor;
  return product;
}
