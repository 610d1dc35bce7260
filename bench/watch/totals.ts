import type { WatchRow } from "../../native/watch.js";
import type { Durations } from "../../results/observation.js";

/** As many as the kernel has place for. */
const MOST_ROWS = 8192;

/** What the whole watch no longer holds of rows that were not used for longest. */
export interface DroppedRows {
  rows: number;
  requests: number;
}

/** Adds up what each interval saw, over the whole watch, in a bounded memory. */
export class Totals {
  /** In the order of their last use. */
  readonly #rows = new Map<string, WatchRow>();
  readonly dropped: DroppedRows = { rows: 0, requests: 0 };

  constructor(readonly limit = MOST_ROWS) {}

  add(rows: readonly WatchRow[]): void {
    for (const row of rows) {
      const { rowKey } = row;
      const before = this.#rows.get(rowKey);
      this.#rows.delete(rowKey);
      this.#rows.set(rowKey, before === undefined ? beginSum(row) : addTo(before, row));
    }
    for (const [key, { requests }] of this.#rows) {
      if (this.#rows.size <= this.limit) return;
      this.#rows.delete(key);
      this.dropped.rows += 1;
      this.dropped.requests += requests;
    }
  }

  rows(): Iterable<WatchRow> {
    return this.#rows.values();
  }
}

/** The latencies are added to; those of a reading belong to its report. */
export function beginSum(row: WatchRow): WatchRow {
  const { inlineLatencies, puntedLatencies } = row;
  return {
    ...row,
    inlineLatencies: copyOf(inlineLatencies),
    puntedLatencies: copyOf(puntedLatencies),
  };
}

/** Changes `sum`. */
export function addTo(sum: WatchRow, more: WatchRow): WatchRow {
  sum.requests += more.requests;
  sum.punts += more.punts;
  sum.forced += more.forced;
  sum.drained += more.drained;
  sum.chained += more.chained;
  sum.failed += more.failed;
  sum.bytes += more.bytes;
  addDurations(sum.inlineLatencies, more.inlineLatencies);
  addDurations(sum.puntedLatencies, more.puntedLatencies);
  return sum;
}

export function copyOf(durations: Durations): Durations {
  return durations.map(([upToNs, count]) => [upToNs, count]);
}

/** Both in ascending order. */
export function addDurations(sum: Durations, more: Durations): void {
  for (const [upToNs, count] of more) {
    const at = sum.findIndex(([bucket]) => bucket >= upToNs);
    const same = sum[at];
    if (same === undefined) sum.push([upToNs, count]);
    else if (same[0] === upToNs) same[1] += count;
    else sum.splice(at, 0, [upToNs, count]);
  }
}
