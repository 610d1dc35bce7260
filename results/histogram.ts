import { inflateSync } from "node:zlib";
import { type Buckets, bucketsFor, growTo, indexLimit, indexOf } from "./buckets.js";

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
/** Below half of Buffer.poolSize, so that all histograms share the pool. */
const INFLATED_BYTES_USUAL = 2048;
/** Some bytes for each bucket of the highest precision that the bench writes, many times over. */
const INFLATED_BYTES_MAX = 4 << 20;
const LOWEST_TRACKABLE_MAX = 2 ** 40;

/** Decodes one histogram after the other into the same memory: there may be millions. */
export class HistogramReader {
  #compressed = Buffer.allocUnsafe(4096);
  #indices = new Int32Array(4096);
  #counts = new Float64Array(4096);

  /** Valid until the next call. Throws an Error that names what is wrong with the text. */
  decode(base64: string): Histogram {
    const data = this.#inflated(base64);
    if (data.length < HEADER_BYTES) throw new Error("histogram: too short");
    if ((data.readInt32BE(0) & ~WORD_SIZE_BITS) !== COOKIE_V2) {
      throw new Error("histogram: not HdrHistogram V2");
    }
    const significantDigits = data.readInt32BE(12);
    const lowestTrackable = Number(data.readBigInt64BE(16));
    const known = significantDigits >= 0 && significantDigits <= 5;
    if (!known || lowestTrackable < 1 || lowestTrackable > LOWEST_TRACKABLE_MAX) {
      throw new Error("histogram: unknown precision");
    }
    const payloadEnd = Math.min(data.length, HEADER_BYTES + data.readInt32BE(4));
    return this.#unpack(data, payloadEnd, bucketsFor(significantDigits, lowestTrackable));
  }

  #inflated(base64: string): Buffer {
    if (this.#compressed.length < base64.length) {
      this.#compressed = Buffer.allocUnsafe(2 * base64.length);
    }
    const length = this.#compressed.write(base64, "base64");
    const compressed = this.#compressed.subarray(0, length);
    if (length < 8) throw new Error("histogram: too short");
    if ((compressed.readInt32BE(0) & ~WORD_SIZE_BITS) !== COMPRESSED_COOKIE_V2) {
      throw new Error("histogram: not HdrHistogram V2, compressed");
    }
    try {
      return inflateSync(compressed.subarray(8, 8 + compressed.readInt32BE(4)), {
        chunkSize: INFLATED_BYTES_USUAL,
        maxOutputLength: INFLATED_BYTES_MAX,
      });
    } catch (error) {
      throw new Error(`histogram: ${(error as Error).message}`);
    }
  }

  #unpack(data: Uint8Array, end: number, buckets: Buckets): Histogram {
    if (this.#indices.length < end) {
      this.#indices = new Int32Array(2 * end);
      this.#counts = new Float64Array(2 * end);
    }
    const [indices, counts] = [this.#indices, this.#counts];
    let used = 0;
    let total = 0;
    let index = 0;
    let position = HEADER_BYTES;
    while (position < end) {
      // ZigZag LEB128: a negative number is a run of that many empty buckets.
      const byte = data[position++] as number;
      let magnitude = (byte & 0x7f) >> 1;
      if (byte >= 0x80) {
        let scale = 64;
        for (let more = true; more && position < end; scale *= 128) {
          const next = data[position++] as number;
          magnitude += (next & 0x7f) * scale;
          more = next >= 0x80;
        }
      }
      // A single empty bucket is a zero. Without branches, since a processor would predict them badly.
      const gap = byte & 1;
      const hit = (1 - gap) & Number(byte !== 0);
      indices[used] = index;
      counts[used] = magnitude;
      used += hit;
      total += hit * magnitude;
      index += 1 + gap * magnitude;
    }
    // A few bytes can name any index: the table of buckets must not follow.
    if (!(index <= indexLimit(buckets))) throw new Error("histogram: values beyond 2^53");
    // Neither may a number of hundreds of bytes, which is infinite or NaN.
    if (!Number.isSafeInteger(total)) throw new Error("histogram: counts beyond 2^53");
    growTo(buckets, index);
    return { buckets, indices: indices.subarray(0, used), counts: counts.subarray(0, used), total };
  }
}

/**
 * For each share (0..1, ascending): the smallest recorded value that at least so many of all values
 * do not exceed; NaN when the histogram is empty.
 */
export function histogramQuantiles(histogram: Histogram, shares: readonly number[]): number[] {
  const { buckets, indices, counts, total } = histogram;
  const quantiles: number[] = [];
  let seen = 0;
  let next = 0;
  for (const share of shares) {
    const wanted = Math.max(1, Math.ceil(share * total - 1e-9));
    for (; seen < wanted && next < counts.length; next += 1) seen += counts[next] as number;
    quantiles.push(
      total === 0 ? Number.NaN : (buckets.highest[indices[next - 1] as number] as number),
    );
  }
  return quantiles;
}

/** A histogram of another precision, bucket by bucket; several may fall into one. */
export function inBuckets(histogram: Histogram, buckets: Buckets): Histogram {
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
