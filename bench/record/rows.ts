import { RECORD_ROW_BYTES } from "../../native/recording.js";
import { type Block, COLUMNS, emptyBlock } from "../../results/recording/block.js";

/** Who was seen at which file. */
export interface Sight {
  /** In the kernel's encoding: 12 bits of major, 20 bits of minor. */
  device: number;
  inode: number;
  process: number;
  /** It was opened, and then had neither bytes nor blocks: its state is known, however late it is looked at. */
  isEmpty?: boolean;
  /** By a request of a ring. */
  isRequest?: boolean;
}

/** Gives each ring, thread and file of the kernel its index in the recording. */
export interface Indexes {
  ring(address: number, process: number, flags: number): number;
  thread(id: number, process: number): number;
  file(sight: Sight): number;
}

/** Rows that one block takes; a reader and the deflater hold one block at once. */
const ROWS_OF_BLOCK = 16_384;
const WORDS = RECORD_ROW_BYTES / 4;
/** RECORD_OPEN of native/bpf/record.h. */
const OPEN = 256;
const TWO_TO_32 = 2 ** 32;

/**
 * Turns the rows of the native recorder into blocks: in the order of their times, with indexes for addresses. Rows go
 * into columns at once: at 100,000 requests a second an object for each takes as long as all the rest.
 */
export class Rows {
  /** In the order in which they ended. */
  readonly #rows = emptyBlock(ROWS_OF_BLOCK);
  #count = 0;

  constructor(
    readonly indexes: Indexes,
    readonly startNs: number,
    readonly use: (block: Block) => void,
  ) {}

  /** Files are looked at here and not in `flush`: later the program may have closed them. */
  add(rows: Buffer): void {
    if (rows.length === 0) return;
    const bytes = rows.byteOffset % 4 === 0 ? rows : Buffer.from(Uint8Array.from(rows).buffer);
    const row = new Row(new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4));
    const files = new FilesOfReading(this.indexes);
    for (; row.at < row.words.length; row.at += WORDS) {
      if (this.#count === ROWS_OF_BLOCK) this.flush();
      this.#put(this.#count, row, files.indexOf(row));
      this.#count += 1;
    }
  }

  flush(): void {
    const count = this.#count;
    if (count === 0) return;
    this.#count = 0;
    const order = orderOf(this.#rows.atNs.subarray(0, count));
    const block = emptyBlock(count);
    for (const name of COLUMNS) reorder(this.#rows[name], order, block[name]);
    this.use(block);
  }

  #put(index: number, row: Row, file: number): void {
    const rows = this.#rows;
    const { process } = row;
    rows.atNs[index] = Math.max(0, row.wide(0) - this.startNs);
    rows.latencyNs[index] = row.wide(2);
    rows.ring[index] = row.isCall ? 0 : this.indexes.ring(row.address(4), process, row.word(19));
    rows.thread[index] = this.indexes.thread(row.word(16), process);
    rows.file[index] = file;
    rows.fileFlags[index] = row.word(21);
    rows.operation[index] = row.operation;
    rows.sqeFlags[index] = (row.word(20) >>> 16) & 0xff;
    rows.outcome[index] = row.word(20) >>> 24;
    rows.opFlags[index] = row.word(18);
    rows.offsetBytes[index] = row.wide(8);
    rows.lengthBytes[index] = Math.max(0, row.wide(10));
    rows.result[index] = row.word(15) | 0;
    rows.sizeAfterBytes[index] = row.wide(12);
  }
}

/**
 * Indexes of the times in ascending order. Time and index are sorted as one number of 64 bits, since a sort that calls a
 * function takes as long as all the rest. Times are below 2^50 ns (13 days), indexes below 2^14 (`ROWS_OF_BLOCK`).
 */
function orderOf(times: Float64Array): Uint16Array {
  const words = new Uint32Array(2 * times.length);
  for (let index = 0; index < times.length; index += 1) {
    const time = times[index] as number;
    words[2 * index] = (time % 2 ** 18) * 2 ** 14 + index;
    words[2 * index + 1] = Math.floor(time / 2 ** 18);
  }
  new BigUint64Array(words.buffer).sort();
  return new Uint16Array(times.length).map((_, index) => (words[2 * index] as number) % 2 ** 14);
}

function reorder(from: Float64Array, order: Uint16Array, to: Float64Array): void {
  for (let index = 0; index < order.length; index += 1) {
    to[index] = from[order[index] as number] as number;
  }
}

/** Most requests of one reading go to the file of the request before them. */
class FilesOfReading {
  #last: Sight | null = null;
  #index = 0;

  constructor(readonly indexes: Indexes) {}

  /** 0: none. */
  indexOf(row: Row): number {
    const inode = Math.max(0, row.wide(6));
    if (inode === 0) return 0;
    const last = this.#last;
    const { device, process, isCall } = row;
    const isSame = last?.inode === inode && last.device === device && last.process === process;
    if (isSame && !isCall && last.isRequest) return this.#index;
    const isEmpty = row.operation === OPEN && row.wide(12) === 0;
    this.#last = { device, inode, process, isEmpty, isRequest: !isCall };
    this.#index = this.indexes.file(this.#last);
    return this.#index;
  }
}

/** One `struct RecordRow` of native/watch/record.h, at a place in an array of them. */
class Row {
  at = 0;

  constructor(readonly words: Uint32Array) {}

  get device(): number {
    return this.word(14);
  }

  get process(): number {
    return this.word(17);
  }

  get operation(): number {
    return this.word(20) & 0xffff;
  }

  get isCall(): boolean {
    return this.word(4) === 0 && this.word(5) === 0;
  }

  word(index: number): number {
    return this.words[this.at + index] as number;
  }

  /** 64 bits; -1 for all ones, and for what is no safe integer. */
  wide(index: number): number {
    const value = this.word(index + 1) * TWO_TO_32 + this.word(index);
    return Number.isSafeInteger(value) ? value : -1;
  }

  /** The 48 bits of an address of the kernel that tell it from others. */
  address(index: number): number {
    return (this.word(index + 1) & 0xffff) * TWO_TO_32 + this.word(index);
  }
}
