import type { WatchRow } from "../../native/watch.js";

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
      const key = rowKey(row);
      const before = this.#rows.get(key);
      this.#rows.delete(key);
      this.#rows.set(key, before === undefined ? copyOf(row) : addTo(before, row));
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

function rowKey({ process, ring, major, minor, inode, opcode }: WatchRow): string {
  return `${process} ${ring} ${major}:${minor} ${inode} ${opcode}`;
}

/** The histograms of a reading share their memory, which would else be kept for one of them. */
function copyOf(row: WatchRow): WatchRow {
  const inlineBuckets = new Uint32Array(row.inlineBuckets);
  return { ...row, inlineBuckets, puntedBuckets: new Uint32Array(row.puntedBuckets) };
}

function addTo(sum: WatchRow, more: WatchRow): WatchRow {
  sum.requests += more.requests;
  sum.punts += more.punts;
  sum.forced += more.forced;
  sum.drained += more.drained;
  sum.chained += more.chained;
  sum.failed += more.failed;
  sum.bytes += more.bytes;
  addBuckets(sum.inlineBuckets, more.inlineBuckets);
  addBuckets(sum.puntedBuckets, more.puntedBuckets);
  return sum;
}

// A plain loop: with a thousand files this is much of what an interval takes.
export function addBuckets(sum: Uint32Array, more: Uint32Array): void {
  for (let index = 0; index < sum.length; index += 1) {
    (sum[index] as number) += more[index] ?? 0;
  }
}
