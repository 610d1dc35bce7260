import { closeSync } from "node:fs";
import { UserError } from "../../terminal/errors.js";
import type { Block } from "./block.js";
import { MinHeap } from "./min-heap.js";
import { openRecording, readBlock } from "./reader.js";

/** A row of a recording: its place in a block. */
export interface Row {
  block: Block;
  row: number;
}

/** Where a block stands in the file, and when its first row was. */
export interface BlockPlace {
  position: number;
  firstNs: number;
}

/** Of the blocks that are open at once: 230 MB. */
const ROWS_HELD_MAX = 2 << 20;

export function placeOf(block: Block, position: number): BlockPlace {
  const firstNs = block.atNs.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
  return { position, firstNs };
}

/**
 * All rows in the order of their times. A request that was under way for long stands in a later block than those that were
 * submitted with it; so blocks that overlap are merged, and a block is open from its first row to its last one. Throws a
 * UserError where too many overlap.
 */
export function* rowsInOrder(path: string, places: readonly BlockPlace[]): Generator<Row> {
  const waiting = [...places].sort((a, b) => a.firstNs - b.firstNs || a.position - b.position);
  const open = new MinHeap<OpenBlock>((a, b) => a.isBefore(b));
  const fd = openRecording(path);
  let held = 0;
  try {
    for (let next = 0; next < waiting.length || open.size > 0; ) {
      const place = waiting[next];
      if (place !== undefined && place.firstNs <= (open.first?.atNs ?? Number.POSITIVE_INFINITY)) {
        const block = new OpenBlock(readBlock(fd, place.position), place.position);
        held += block.block.count;
        if (held > ROWS_HELD_MAX) {
          throw new UserError(
            `${path}: too many blocks of it overlap in time`,
            "Record it again with puntbench record.",
          );
        }
        if (block.block.count > 0) open.push(block);
        next += 1;
        continue;
      }
      const block = open.pop() as OpenBlock;
      yield { block: block.block, row: block.next() };
      if (block.hasMore) open.push(block);
      else held -= block.block.count;
    }
  } finally {
    closeSync(fd);
  }
}

class OpenBlock {
  readonly #order: Uint32Array;
  #at = 0;

  constructor(
    readonly block: Block,
    readonly position: number,
  ) {
    this.#order = Uint32Array.from({ length: block.count }, (_, row) => row);
    this.#order.sort((a, b) => (block.atNs[a] as number) - (block.atNs[b] as number) || a - b);
  }

  get atNs(): number {
    return this.block.atNs[this.#order[this.#at] as number] as number;
  }

  get hasMore(): boolean {
    return this.#at < this.#order.length;
  }

  isBefore(other: OpenBlock): boolean {
    return this.atNs < other.atNs || (this.atNs === other.atNs && this.position < other.position);
  }

  next(): number {
    this.#at += 1;
    return this.#order[this.#at - 1] as number;
  }
}
