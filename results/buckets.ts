/** Where HdrHistogram's buckets end, for one precision: a table that grows as indices are met. */
export interface Buckets {
  significantDigits: number;
  lowestTrackable: number;
  unitMagnitude: number;
  subBucketHalfCount: number;
  /** Highest value that falls into the bucket of that index, ascending. */
  highest: Float64Array;
}

const known = new Map<string, Buckets>();

/** The same object for the same precision, so that histograms know whether they can be added up. */
export function bucketsFor(significantDigits: number, lowestTrackable: number): Buckets {
  // Values below 2 to the unit magnitude are not told apart, so that a file cannot name millions of precisions.
  const unitMagnitude = Math.floor(Math.log2(lowestTrackable));
  const key = `${significantDigits} ${unitMagnitude}`;
  let buckets = known.get(key);
  if (!buckets) {
    const largestSingleUnitValue = 2 * 10 ** significantDigits;
    const subBucketCountMagnitude = Math.ceil(Math.log2(largestSingleUnitValue));
    buckets = {
      significantDigits,
      lowestTrackable: 2 ** unitMagnitude,
      unitMagnitude,
      subBucketHalfCount: 2 ** (Math.max(subBucketCountMagnitude, 1) - 1),
      highest: new Float64Array(0),
    };
    known.set(key, buckets);
  }
  return buckets;
}

/** One more than the index of the largest value that a double holds exactly, 2^53: over 100 days in ns. */
export function indexLimit({ subBucketHalfCount, unitMagnitude }: Buckets): number {
  const halves = 55 - unitMagnitude - Math.log2(subBucketHalfCount);
  return Math.max(2, halves) * subBucketHalfCount;
}

/** Makes sure that `highest[index]` is there. */
export function growTo(buckets: Buckets, index: number): void {
  const { highest } = buckets;
  if (index < highest.length) return;
  const grown = new Float64Array(Math.max(2 * highest.length, index + 1, 4096));
  grown.set(highest);
  for (let at = highest.length; at < grown.length; at += 1) grown[at] = highestAt(at, buckets);
  buckets.highest = grown;
}

function highestAt(index: number, { subBucketHalfCount, unitMagnitude }: Buckets): number {
  const half = Math.floor(index / subBucketHalfCount);
  const bucket = Math.max(half - 1, 0);
  const subBucket = half === 0 ? index : (index % subBucketHalfCount) + subBucketHalfCount;
  return (subBucket + 1) * 2 ** (bucket + unitMagnitude) - 1;
}

/** The index of the bucket that holds a value. */
export function indexOf(value: number, buckets: Buckets): number {
  while ((buckets.highest.at(-1) ?? -1) < value) growTo(buckets, buckets.highest.length);
  let low = 0;
  let high = buckets.highest.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((buckets.highest[middle] as number) >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
