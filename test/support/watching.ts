import { openWatch, type Watch, type WatchOptions, type WatchRow } from "../../native/watch.js";

/** A watch, and why there is none. */
export function tryToWatch(options: Partial<WatchOptions> = {}): {
  watch: Watch | null;
  skip: string | false;
} {
  try {
    const watch = openWatch({ everything: false, name: "", sampleShift: 0, ...options });
    return { watch, skip: false };
  } catch (error) {
    return { watch: null, skip: `SKIPPED, watch does not work here: ${(error as Error).message}` };
  }
}

export function sumOf(rows: readonly WatchRow[], count: (row: WatchRow) => number): number {
  return rows.reduce((total, row) => total + count(row), 0);
}
