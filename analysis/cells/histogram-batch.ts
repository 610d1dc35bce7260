import { bucketsFor } from "../../results/buckets.js";
import { type Histogram, inBuckets } from "../../results/histogram.js";

/** With more histograms than this, one counter for each bucket is cheaper than keeping each histogram. */
const SEPARATE_MAX = 16;
/** The array of counters grows in steps of this size, so it grows seldom. */
const STEP = 1024;

/**
 * Latency histograms of one or more trials of the same run, merged. The result is exact when all were recorded
 * with the same precision, as one bench does; else it has the precision of the first. What is added is copied.
 *
 * A few histograms are kept as they are, since thousands of cells hold only one or two; more are added up.
 */
export class HistogramBatch {
  #separate: Histogram[] = [];
  #buckets = bucketsFor(3, 1);
  /** A counter for each bucket from `#lowest` on. */
  #sums = new Float64Array(0);
  #lowest = 0;
  #total = 0;

  constructor(readonly runIndex: number) {}

  get histogram(): Histogram {
    const [only] = this.#separate;
    if (only && only.total === this.#total) return only;
    for (const histogram of this.#separate.splice(0)) this.#addUp(histogram);
    return this.#summed();
  }

  add(other: Histogram): void {
    if (this.#total === 0) this.#buckets = other.buckets;
    this.#total += other.total;
    const added = inBuckets(other, this.#buckets);
    if (this.#sums.length === 0 && this.#separate.length < SEPARATE_MAX) {
      const { indices, counts } = added;
      this.#separate.push({ ...added, indices: indices.slice(), counts: counts.slice() });
      return;
    }
    for (const histogram of this.#separate.splice(0)) this.#addUp(histogram);
    this.#addUp(added);
  }

  #addUp({ indices, counts }: Histogram): void {
    if (indices.length === 0) return;
    this.#reserve(indices[0] as number, indices[indices.length - 1] as number);
    const sums = this.#sums;
    const lowest = this.#lowest;
    for (let at = 0; at < indices.length; at += 1) {
      const bucket = (indices[at] as number) - lowest;
      sums[bucket] = (sums[bucket] as number) + (counts[at] as number);
    }
  }

  #reserve(lowest: number, highest: number): void {
    const length = this.#sums.length;
    if (length > 0 && lowest >= this.#lowest && highest < this.#lowest + length) return;
    const from = length === 0 ? lowest : Math.min(lowest, this.#lowest);
    const to = length === 0 ? highest : Math.max(highest, this.#lowest + length - 1);
    const start = Math.floor(from / STEP) * STEP;
    const sums = new Float64Array(Math.ceil((to + 1 - start) / STEP) * STEP);
    sums.set(this.#sums, length === 0 ? 0 : this.#lowest - start);
    this.#sums = sums;
    this.#lowest = start;
  }

  #summed(): Histogram {
    const sums = this.#sums;
    const hit = sums.reduce((seen, count) => seen + Number(count > 0), 0);
    const indices = new Int32Array(hit);
    const counts = new Float64Array(hit);
    let used = 0;
    for (let bucket = 0; bucket < sums.length; bucket += 1) {
      const count = sums[bucket] as number;
      if (count === 0) continue;
      indices[used] = bucket + this.#lowest;
      counts[used] = count;
      used += 1;
    }
    return { buckets: this.#buckets, indices, counts, total: this.#total };
  }
}
