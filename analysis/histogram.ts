import { inflateSync } from "node:zlib";

/**
 * A latency histogram as the results files hold it: HdrHistogram V2, compressed, base64.
 * Only the buckets that were hit are kept, so that thousands of trials fit in memory.
 *
 * Format: https://github.com/HdrHistogram/HdrHistogram (AbstractHistogram.encodeIntoByteBuffer).
 */
export interface Histogram {
  /** Ascending; the highest value that falls into the bucket, as HdrHistogram reports quantiles. */
  valuesNs: Float64Array;
  counts: Float64Array;
  total: number;
}

const COMPRESSED_COOKIE_V2 = 0x1c849304;
const COOKIE_V2 = 0x1c849303;
const WORD_SIZE_BITS = 0xf0;
const HEADER_BYTES = 40;

/** Throws an Error that names what is wrong with the text. */
export function decodeHistogram(base64: string): Histogram {
  const compressed = Buffer.from(base64, "base64");
  if (compressed.length < 8) throw new Error("histogram: too short");
  if ((compressed.readInt32BE(0) & ~WORD_SIZE_BITS) !== COMPRESSED_COOKIE_V2) {
    throw new Error("histogram: not HdrHistogram V2, compressed");
  }
  const data = inflateSync(compressed.subarray(8, 8 + compressed.readInt32BE(4)));
  if ((data.readInt32BE(0) & ~WORD_SIZE_BITS) !== COOKIE_V2) {
    throw new Error("histogram: not HdrHistogram V2");
  }
  const significantDigits = data.readInt32BE(12);
  const lowestTrackable = Number(data.readBigInt64BE(16));
  const payload = data.subarray(HEADER_BYTES, HEADER_BYTES + data.readInt32BE(4));
  return unpack(payload, bucketLayout(significantDigits, lowestTrackable));
}

interface BucketLayout {
  unitMagnitude: number;
  subBucketHalfCountMagnitude: number;
}

function bucketLayout(significantDigits: number, lowestTrackable: number): BucketLayout {
  const largestSingleUnitValue = 2 * 10 ** significantDigits;
  const subBucketCountMagnitude = Math.ceil(Math.log2(largestSingleUnitValue));
  return {
    unitMagnitude: Math.floor(Math.log2(lowestTrackable)),
    subBucketHalfCountMagnitude: Math.max(subBucketCountMagnitude, 1) - 1,
  };
}

function unpack(payload: Buffer, layout: BucketLayout): Histogram {
  const valuesNs: number[] = [];
  const counts: number[] = [];
  let total = 0;
  let index = 0;
  let position = 0;
  while (position < payload.length) {
    // ZigZag LEB128: a negative number is a run of that many empty buckets.
    let raw = 0;
    let scale = 1;
    let byte = 0;
    do {
      byte = payload[position++] as number;
      raw += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte & 0x80 && position < payload.length);
    const count = raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
    if (count < 0) {
      index -= count;
      continue;
    }
    if (count > 0) {
      valuesNs.push(highestValueAt(index, layout));
      counts.push(count);
      total += count;
    }
    index += 1;
  }
  return { valuesNs: Float64Array.from(valuesNs), counts: Float64Array.from(counts), total };
}

function highestValueAt(index: number, layout: BucketLayout): number {
  const halfCount = 2 ** layout.subBucketHalfCountMagnitude;
  const half = Math.floor(index / halfCount);
  const bucket = Math.max(half - 1, 0);
  const subBucket = half === 0 ? index : (index % halfCount) + halfCount;
  const width = 2 ** (bucket + layout.unitMagnitude);
  return (subBucket + 1) * width - 1;
}

/** The smallest recorded value that at least `share` (0..1) of all values do not exceed; NaN when empty. */
export function histogramQuantile(histogram: Histogram, share: number): number {
  const wanted = Math.max(1, Math.ceil(share * histogram.total - 1e-9));
  let seen = 0;
  for (let index = 0; index < histogram.counts.length; index += 1) {
    seen += histogram.counts[index] as number;
    if (seen >= wanted) return histogram.valuesNs[index] as number;
  }
  return Number.NaN;
}
