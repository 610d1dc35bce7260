import type { WatchRow } from "../../native/watch.js";
import type { Durations } from "../../results/observation.js";

/** As many as the kernel has place for. */
const MOST_ROWS = 8192;

/** What the whole watch no longer holds of rows that were not used for longest. */
export interface DroppedRows {
  rows: number;
  requests: number;
}

interface Total {
  sum: WatchRow;
  /** Number of the reading. */
  usedAt: number;
}

/** Adds up what each interval saw, over the whole watch, in a bounded memory. */
export class Totals {
  readonly #totals = new Map<string, Total>();
  readonly dropped: DroppedRows = { rows: 0, requests: 0 };
  #reading = 0;

  constructor(readonly limit = MOST_ROWS) {}

  add(rows: readonly WatchRow[]): void {
    this.#reading += 1;
    for (const row of rows) {
      const total = this.#totals.get(row.rowKey);
      if (total === undefined) {
        this.#totals.set(row.rowKey, { sum: beginSum(row), usedAt: this.#reading });
      } else {
        addTo(total.sum, row);
        total.usedAt = this.#reading;
      }
    }
    this.#dropOldest();
  }

  *rows(): Iterable<WatchRow> {
    for (const { sum } of this.#totals.values()) yield sum;
  }

  #dropOldest(): void {
    const tooMany = this.#totals.size - this.limit;
    if (tooMany <= 0) return;
    const oldest = [...this.#totals].sort(([, a], [, b]) => a.usedAt - b.usedAt);
    // More than needed, so that not every interval has to sort them.
    for (const [key, { sum }] of oldest.slice(0, Math.max(tooMany, this.limit >> 4))) {
      this.#totals.delete(key);
      this.dropped.rows += 1;
      this.dropped.requests += sum.requests;
    }
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
export function addTo(sum: WatchRow, more: WatchRow): void {
  sum.requests += more.requests;
  sum.punts += more.punts;
  sum.forced += more.forced;
  sum.drained += more.drained;
  sum.chained += more.chained;
  sum.failed += more.failed;
  sum.bytes += more.bytes;
  addDurations(sum.inlineLatencies, more.inlineLatencies);
  addDurations(sum.puntedLatencies, more.puntedLatencies);
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
