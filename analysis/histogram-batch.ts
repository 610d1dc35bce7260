import { type Histogram, mergeHistograms } from "./histogram.js";

/** Merged this many at a time: one by one, merging would cost more than reading. */
const PENDING_MAX = 24;

/** Latency histograms of one or more trials of the same run, merged. */
export class HistogramBatch {
  #pending: Histogram[] = [];

  constructor(readonly runIndex: number) {}

  get histogram(): Histogram {
    this.#pending = [mergeHistograms(this.#pending)];
    return this.#pending[0] as Histogram;
  }

  add(other: Histogram): void {
    this.#pending.push(other);
    if (this.#pending.length > PENDING_MAX) this.#pending = [mergeHistograms(this.#pending)];
  }
}
