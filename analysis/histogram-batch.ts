import type { Histogram } from "./histogram.js";

/** Latency histograms of one or more trials of the same run, merged: counts per bucket value. */
export class HistogramBatch {
  #merged: Histogram | null = null;

  constructor(readonly runIndex: number) {}

  get histogram(): Histogram {
    return this.#merged ?? { valuesNs: new Float64Array(), counts: new Float64Array(), total: 0 };
  }

  add(other: Histogram): void {
    this.#merged = this.#merged ? mergeHistograms(this.#merged, other) : other;
  }
}

/** Exact as long as both were recorded with the same precision: buckets then coincide. */
export function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  const size = a.valuesNs.length + b.valuesNs.length;
  const valuesNs = new Float64Array(size);
  const counts = new Float64Array(size);
  let used = 0;
  let i = 0;
  let j = 0;
  while (i < a.valuesNs.length || j < b.valuesNs.length) {
    const left = i < a.valuesNs.length ? (a.valuesNs[i] as number) : Number.POSITIVE_INFINITY;
    const right = j < b.valuesNs.length ? (b.valuesNs[j] as number) : Number.POSITIVE_INFINITY;
    valuesNs[used] = Math.min(left, right);
    if (left <= right) counts[used] = (counts[used] as number) + (a.counts[i++] as number);
    if (right <= left) counts[used] = (counts[used] as number) + (b.counts[j++] as number);
    used += 1;
  }
  return {
    valuesNs: valuesNs.slice(0, used),
    counts: counts.slice(0, used),
    total: a.total + b.total,
  };
}
