import { inflateSync } from "node:zlib";
import { type Buckets, bucketsFor, growTo, indexOf } from "./buckets.js";

/**
 * A latency histogram as the results files hold it: HdrHistogram V2, compressed, base64.
 * Only the buckets that were hit are kept, so that thousands of trials fit in memory.
 *
 * Format: https://github.com/HdrHistogram/HdrHistogram (AbstractHistogram.encodeIntoByteBuffer).
 */
export interface Histogram {
  buckets: Buckets;
  /** Ascending indices of the buckets that were hit. */
  indices: Int32Array;
  counts: Float64Array;
  total: number;
}

const COMPRESSED_COOKIE_V2 = 0x1c849304;
const COOKIE_V2 = 0x1c849303;
const WORD_SIZE_BITS = 0xf0;
const HEADER_BYTES = 40;
/** Buffers of this size are allocated for each histogram; the default of 16 KiB costs more than inflating. */
const INFLATED_BYTES_USUAL = 4096;

/** Throws an Error that names what is wrong with the text. */
export function decodeHistogram(base64: string): Histogram {
  const compressed = Buffer.from(base64, "base64");
  if (compressed.length < 8) throw new Error("histogram: too short");
  if ((compressed.readInt32BE(0) & ~WORD_SIZE_BITS) !== COMPRESSED_COOKIE_V2) {
    throw new Error("histogram: not HdrHistogram V2, compressed");
  }
  const data = inflateSync(compressed.subarray(8, 8 + compressed.readInt32BE(4)), {
    chunkSize: INFLATED_BYTES_USUAL,
  });
  if ((data.readInt32BE(0) & ~WORD_SIZE_BITS) !== COOKIE_V2) {
    throw new Error("histogram: not HdrHistogram V2");
  }
  const significantDigits = data.readInt32BE(12);
  const lowestTrackable = Number(data.readBigInt64BE(16));
  const payloadEnd = HEADER_BYTES + data.readInt32BE(4);
  return unpack(data, payloadEnd, bucketsFor(significantDigits, lowestTrackable));
}

/** Reused by every call, so that reading a million histograms leaves no garbage behind. */
let foundIndices = new Int32Array(4096);
let foundCounts = new Float64Array(4096);

function reserve(length: number): void {
  if (foundIndices.length >= length) return;
  foundIndices = new Int32Array(2 * length);
  foundCounts = new Float64Array(2 * length);
}

function unpack(data: Buffer, end: number, buckets: Buckets): Histogram {
  reserve(end);
  let used = 0;
  let total = 0;
  let index = 0;
  let position = HEADER_BYTES;
  while (position < end) {
    // ZigZag LEB128: a negative number is a run of that many empty buckets.
    let byte = data[position++] as number;
    let raw = byte & 0x7f;
    for (let scale = 128; byte & 0x80 && position < end; scale *= 128) {
      byte = data[position++] as number;
      raw += (byte & 0x7f) * scale;
    }
    if (raw % 2 !== 0) {
      index += (raw + 1) / 2;
      continue;
    }
    if (raw > 0) {
      foundIndices[used] = index;
      foundCounts[used] = raw / 2;
      total += raw / 2;
      used += 1;
    }
    index += 1;
  }
  growTo(buckets, index);
  return {
    buckets,
    indices: foundIndices.slice(0, used),
    counts: foundCounts.slice(0, used),
    total,
  };
}

/**
 * For each share (0..1, ascending): the smallest recorded value that at least so many of all values
 * do not exceed; NaN when the histogram is empty.
 */
export function histogramQuantiles(histogram: Histogram, shares: readonly number[]): number[] {
  const { buckets, indices, counts, total } = histogram;
  let seen = 0;
  let next = -1;
  return shares.map((share) => {
    const wanted = Math.max(1, Math.ceil(share * total - 1e-9));
    while (seen < wanted && next + 1 < counts.length) seen += counts[++next] as number;
    return total === 0 ? Number.NaN : (buckets.highest[indices[next] as number] as number);
  });
}

const EMPTY: Histogram = {
  buckets: bucketsFor(3, 1),
  indices: new Int32Array(),
  counts: new Float64Array(),
  total: 0,
};

/** Reused; all zero between calls. */
let sums = new Float64Array(65536);

/** Adds histograms up: exact when they were recorded with the same precision, as one bench does. */
export function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  const [first] = histograms;
  if (!first) return EMPTY;
  if (histograms.length === 1) return first;
  const { buckets } = first;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = -1;
  let total = 0;
  for (const histogram of histograms.map((other) => inBuckets(other, buckets))) {
    const { indices, counts } = histogram;
    if (indices.length === 0) continue;
    const last = indices[indices.length - 1] as number;
    lowest = Math.min(lowest, indices[0] as number);
    highest = Math.max(highest, last);
    total += histogram.total;
    if (last >= sums.length) sums = grown(sums, 2 * last);
    for (let at = 0; at < indices.length; at += 1) {
      const index = indices[at] as number;
      sums[index] = (sums[index] as number) + (counts[at] as number);
    }
  }
  reserve(highest - lowest + 1);
  let used = 0;
  for (let index = lowest; index <= highest; index += 1) {
    const count = sums[index] as number;
    if (count === 0) continue;
    foundIndices[used] = index;
    foundCounts[used] = count;
    used += 1;
    sums[index] = 0;
  }
  return {
    buckets,
    indices: foundIndices.slice(0, used),
    counts: foundCounts.slice(0, used),
    total,
  };
}

function grown(array: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(array);
  return larger;
}

/** A histogram of another precision, bucket by bucket; several may fall into one. */
function inBuckets(histogram: Histogram, buckets: Buckets): Histogram {
  if (histogram.buckets === buckets) return histogram;
  const { highest } = histogram.buckets;
  const indices = histogram.indices.map((index) => indexOf(highest[index] as number, buckets));
  return { ...histogram, buckets, indices };
}

/** Values in nanoseconds and how often they occur, ascending. */
export interface ValueCounts {
  valuesNs: Float64Array;
  counts: Float64Array;
  total: number;
}

export function valueCounts({ buckets, indices, counts, total }: Histogram): ValueCounts {
  const valuesNs = Float64Array.from(indices, (index) => buckets.highest[index] as number);
  return { valuesNs, counts, total };
}
