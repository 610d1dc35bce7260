import { bucketsFor } from "../../results/buckets.js";
import { type Histogram, inBuckets } from "../../results/histogram.js";
import type { Durations } from "../../results/observation.js";
import type { Bucket } from "./columns.js";

/**
 * One significant digit, so that each bucket is a 32nd to a 16th of its value wide: a trial then has some 60 buckets
 * instead of 1,400. All rows of all files have the same limits, so that adding up counts by `upper_ns` merges them.
 */
const COMMON = bucketsFor(1, 1);
/** Millions of rows name a few hundred limits. */
const limits = new Map<number, bigint>();

/** A latency histogram in buckets that merge with those of every other row. */
export function bucketsOf(histogram: Histogram | null): Bucket[] | null {
  if (histogram === null) return null;
  const { indices, counts } = inBuckets(histogram, COMMON);
  const found: Bucket[] = [];
  let last = -1;
  for (const [at, index] of indices.entries()) {
    const count = BigInt(counts[at] as number);
    if (index === last) (found.at(-1) as Bucket).count += count;
    else found.push({ upper_ns: limitOf(COMMON.highest[index] as number), count });
    last = index;
  }
  return found;
}

/** The durations of a watch have the same limits everywhere as they are. */
export function bucketsOfDurations(durations: Durations): Bucket[] {
  return durations.map(([upToNs, count]) => ({ upper_ns: limitOf(upToNs), count: BigInt(count) }));
}

function limitOf(upperNs: number): bigint {
  let limit = limits.get(upperNs);
  if (limit === undefined) {
    limit = BigInt(Math.round(upperNs));
    limits.set(upperNs, limit);
  }
  return limit;
}
