import { constants } from "node:fs";
import { type Block, COLUMNS, type Column } from "../../results/recording/block.js";
import type { Row } from "../../results/recording/rows-in-order.js";

const DEFAULTS: Record<Column, number> = {
  atNs: 0,
  latencyNs: 100,
  ring: 1,
  thread: 1,
  file: 1,
  fileFlags: constants.O_DIRECT,
  operation: 23,
  sqeFlags: 0,
  outcome: 0,
  opFlags: 0,
  offsetBytes: 0,
  lengthBytes: 4096,
  result: 4096,
  sizeAfterBytes: -1,
};

/** Rows that differ from a plain inline write of 4 KiB in what is named. */
export function blockOf(list: readonly Partial<Record<Column, number>>[]): Block {
  const columns = Object.fromEntries(
    COLUMNS.map((name) => [name, Float64Array.from(list, (row) => row[name] ?? DEFAULTS[name])]),
  ) as Record<Column, Float64Array>;
  return { count: list.length, ...columns };
}

export function rowsOf(block: Block): Row[] {
  return Array.from({ length: block.count }, (_, row) => ({ block, row }));
}
