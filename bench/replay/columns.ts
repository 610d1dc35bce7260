import { type Block, COLUMNS, type Column } from "../../results/recording/block.js";
import { loadRecording, type Recording } from "../../results/recording/reader.js";
import { UserError } from "../../terminal/errors.js";

/** All rows of a recording, in the order of their times. */
export interface Rows {
  count: number;
  columns: Record<Column, Float64Array>;
  /** Numbers of the rows by time. */
  order: Uint32Array;
}

/** 13 columns of 8 bytes: 2 GB. */
const ROWS_MAX = 20_000_000;

/** Throws a UserError. */
export function loadRows(path: string): { recording: Recording; rows: Rows } {
  const blocks: Block[] = [];
  let count = 0;
  const recording = loadRecording(path, (block) => {
    blocks.push(block);
    count += block.count;
    if (count > ROWS_MAX) {
      throw new UserError(`${path} has more than ${ROWS_MAX} rows`, "Record a shorter time.");
    }
  });
  const columns = Object.fromEntries(
    COLUMNS.map((name) => [name, joined(blocks, name, count)]),
  ) as Record<Column, Float64Array>;
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  const { atNs } = columns;
  order.sort((a, b) => (atNs[a] as number) - (atNs[b] as number) || a - b);
  return { recording, rows: { count, columns, order } };
}

/** The block's own array is let go, so that the rows are not in memory twice. */
function joined(blocks: readonly Block[], name: Column, count: number): Float64Array {
  const out = new Float64Array(count);
  let at = 0;
  for (const block of blocks) {
    out.set(block[name], at);
    at += block.count;
    block[name] = new Float64Array(0);
  }
  return out;
}
