import { createRequire } from "node:module";
import type { Latency } from "./schema.js";

const LONGEST_NS = 3_600e9;

type HdrHistogram = typeof import("hdr-histogram-js");
let loaded: HdrHistogram | null = null;

/** Loaded for the first trial's end, not for the start: an emulated CPU takes a second for it. */
function hdrHistogram(): HdrHistogram {
  loaded ??= createRequire(import.meta.url)("hdr-histogram-js") as HdrHistogram;
  return loaded;
}

/** Raw nanoseconds -> HdrHistogram V2 with three significant digits, plus the exact extremes. */
export function encodeLatency(valuesNs: Float64Array | null): Latency | null {
  if (valuesNs === null || valuesNs.length === 0) return null;
  const { build, encodeIntoCompressedBase64 } = hdrHistogram();
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_NS,
    numberOfSignificantValueDigits: 3,
  });
  let minNs = Number.POSITIVE_INFINITY;
  let maxNs = 0;
  for (const value of valuesNs) {
    histogram.recordValue(Math.min(value, LONGEST_NS));
    if (value < minNs) minNs = value;
    if (value > maxNs) maxNs = value;
  }
  return { histogram: encodeIntoCompressedBase64(histogram), minNs, maxNs };
}
