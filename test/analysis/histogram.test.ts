import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from "hdr-histogram-js";
import { HistogramBatch } from "../../analysis/cells/histogram-batch.js";
import {
  type Histogram as Decoded,
  HistogramReader,
  histogramQuantiles,
} from "../../results/histogram.js";
import { seededRandom } from "../../results/seeded-random.js";

const decodeHistogram = (text: string): Decoded => new HistogramReader().decode(text);

function merged(histograms: readonly Decoded[]): Decoded {
  const batch = new HistogramBatch(0);
  for (const histogram of histograms) batch.add(histogram);
  return batch.histogram;
}

function recorded(seed: number, values: number, digits: 1 | 2 | 3 | 4 | 5, unit = 1): Histogram {
  const random = seededRandom(seed);
  const histogram = build({
    lowestDiscernibleValue: unit,
    highestTrackableValue: 60e9,
    numberOfSignificantValueDigits: digits,
  });
  for (let i = 0; i < values; i += 1)
    histogram.recordValue(Math.floor(1000 * 10 ** (6 * random())));
  return histogram;
}

test("our sparse decoder gives the same quantiles as hdr-histogram-js at every precision", () => {
  for (const digits of [1, 2, 3, 4, 5] as const) {
    for (const unit of [1, 1000]) {
      const text = encodeIntoCompressedBase64(recorded(digits, 5000, digits, unit));
      const theirs = decodeFromCompressedBase64(text, 64);
      const ours = decodeHistogram(text);
      assert.equal(ours.total, 5000);
      const percents = [0.1, 1, 25, 50, 90, 99, 99.9, 99.99, 100];
      assert.deepEqual(
        histogramQuantiles(
          ours,
          percents.map((percent) => percent / 100),
        ),
        percents.map((percent) => theirs.getValueAtPercentile(percent)),
        `${digits} digits, unit ${unit}`,
      );
    }
  }
});

test("merging two histograms equals recording both streams into one", () => {
  const a = recorded(1, 3000, 3);
  const b = recorded(2, 500, 3);
  const ours = merged([a, b].map((one) => decodeHistogram(encodeIntoCompressedBase64(one))));
  a.add(b);
  const theirs = decodeHistogram(encodeIntoCompressedBase64(a));
  assert.deepEqual(ours, theirs);
});

test("a batch keeps what it was given although the reader decodes the next into the same memory", () => {
  const reader = new HistogramReader();
  const batch = new HistogramBatch(0);
  const sources = Array.from({ length: 40 }, (_, seed) => recorded(seed, 1000, 3));
  for (const source of sources) batch.add(reader.decode(encodeIntoCompressedBase64(source)));
  const all = recorded(0, 1000, 3);
  for (const source of sources.slice(1)) all.add(source);
  assert.deepEqual(batch.histogram, decodeHistogram(encodeIntoCompressedBase64(all)));
});

test("histograms of different precision still merge, at the precision of the first", () => {
  const fine = decodeHistogram(encodeIntoCompressedBase64(recorded(3, 2000, 4)));
  const coarse = decodeHistogram(encodeIntoCompressedBase64(recorded(4, 2000, 2)));
  const both = merged([coarse, fine]);
  assert.equal(both.total, 4000);
  assert.equal(both.buckets, coarse.buckets);
  const [median] = histogramQuantiles(both, [0.5]) as [number];
  assert.ok(median > 0.7e6 && median < 1.4e6, String(median));
});

test("text that is not a histogram is refused with a clear message", () => {
  assert.throws(() => decodeHistogram(""), /too short/);
  assert.throws(() => decodeHistogram("AAAAAAAAAAAAAAAA"), /not HdrHistogram V2/);
});

/** Compressed, with a run of so many empty buckets before one value. */
function withGap(buckets: number): string {
  const payload: number[] = [];
  let zigzag = BigInt(buckets) * 2n - 1n;
  for (; zigzag >= 0x80n; zigzag >>= 7n) payload.push(Number(zigzag & 0x7fn) | 0x80);
  payload.push(Number(zigzag), 2);
  const data = Buffer.alloc(40 + payload.length);
  data.writeInt32BE(0x1c849303 | 0x10, 0);
  data.writeInt32BE(payload.length, 4);
  data.writeInt32BE(3, 12);
  data.writeBigInt64BE(1n, 16);
  data.set(payload, 40);
  const compressed = deflateSync(data);
  const head = Buffer.alloc(8);
  head.writeInt32BE(0x1c849304 | 0x10, 0);
  head.writeInt32BE(compressed.length, 4);
  return Buffer.concat([head, compressed]).toString("base64");
}

test("a histogram of a few bytes that names a far bucket is refused, and takes no memory", () => {
  assert.equal(decodeHistogram(withGap(40_000)).total, 1);
  const before = process.memoryUsage().arrayBuffers;
  for (const gap of [134_000_000, 2 ** 40]) {
    assert.throws(() => decodeHistogram(withGap(gap)), /values beyond 2\^53/);
  }
  assert.ok(process.memoryUsage().arrayBuffers - before < 16 << 20);
});

test("a histogram that inflates without end is refused", () => {
  const compressed = deflateSync(Buffer.alloc(64 << 20));
  const head = Buffer.alloc(8);
  head.writeInt32BE(0x1c849304 | 0x10, 0);
  head.writeInt32BE(compressed.length, 4);
  assert.throws(() => decodeHistogram(Buffer.concat([head, compressed]).toString("base64")));
});

test("a number of hundreds of bytes is refused, and does not become NaN", () => {
  const counts = Buffer.from([...Array(300).fill(0x80), 2, 2]);
  const head = Buffer.alloc(40);
  head.writeUInt32BE(0x1c849303, 0);
  head.writeInt32BE(counts.length, 4);
  head.writeInt32BE(3, 12);
  head.writeBigInt64BE(1n, 16);
  const body = deflateSync(Buffer.concat([head, counts]));
  const cookie = Buffer.alloc(8);
  cookie.writeUInt32BE(0x1c849304, 0);
  cookie.writeUInt32BE(body.length, 4);
  const text = Buffer.concat([cookie, body]).toString("base64");
  assert.throws(() => decodeHistogram(text), /histogram: .* beyond 2\^53/);
});
