import assert from "node:assert/strict";
import { test } from "node:test";
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from "hdr-histogram-js";
import { decodeHistogram, histogramQuantile } from "../../analysis/histogram.js";
import { mergeHistograms } from "../../analysis/histogram-batch.js";
import { seededRandom } from "../../analysis/statistics/random.js";

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
      for (const percent of [0.1, 1, 25, 50, 90, 99, 99.9, 99.99, 100]) {
        assert.equal(
          histogramQuantile(ours, percent / 100),
          theirs.getValueAtPercentile(percent),
          `${digits} digits, unit ${unit}, p${percent}`,
        );
      }
    }
  }
});

test("merging two histograms equals recording both streams into one", () => {
  const a = recorded(1, 3000, 3);
  const b = recorded(2, 500, 3);
  const ours = mergeHistograms(
    decodeHistogram(encodeIntoCompressedBase64(a)),
    decodeHistogram(encodeIntoCompressedBase64(b)),
  );
  a.add(b);
  const theirs = decodeHistogram(encodeIntoCompressedBase64(a));
  assert.deepEqual(ours, theirs);
});

test("what is no histogram is refused in words", () => {
  assert.throws(() => decodeHistogram(""), /too short/);
  assert.throws(() => decodeHistogram("AAAAAAAAAAAAAAAA"), /not HdrHistogram V2/);
});
