import { RECORD_ROW_BYTES } from "../../native/recording.js";
import { type Block, emptyBlock } from "../../results/recording/block.js";

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

/** Turns the rows of the native recorder into blocks: in the order of their times, with indexes for addresses. */
export class Rows {
  #rows: Row[] = [];

  constructor(
    readonly indexes: Indexes,
    readonly startNs: number,
    readonly use: (block: Block) => void,
  ) {}

  /** Files are looked at here and not in `flush`: later the program may have closed them. */
  add(rows: Buffer): void {
    if (rows.length === 0) return;
    const bytes = rows.byteOffset % 4 === 0 ? rows : Buffer.from(Uint8Array.from(rows).buffer);
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    for (let at = 0; at < words.length; at += WORDS) {
      const row = new Row(words, at);
      if (row.inode !== 0) row.file = this.indexes.file(row);
      this.#rows.push(row);
    }
    if (this.#rows.length >= ROWS_OF_BLOCK) this.flush();
  }

  flush(): void {
    const rows = this.#rows.sort((a, b) => a.atNs - b.atNs);
    this.#rows = [];
    for (let from = 0; from < rows.length; from += ROWS_OF_BLOCK) {
      this.use(this.#block(rows.slice(from, from + ROWS_OF_BLOCK)));
    }
  }

  #block(rows: readonly Row[]): Block {
    const block = emptyBlock(rows.length);
    for (const [index, row] of rows.entries()) this.#put(block, index, row);
    return block;
  }

  #put(block: Block, index: number, row: Row): void {
    const { process } = row;
    block.atNs[index] = Math.max(0, row.atNs - this.startNs);
    block.latencyNs[index] = row.wide(2);
    block.ring[index] = row.isCall ? 0 : this.indexes.ring(row.address(4), process, row.word(19));
    block.thread[index] = this.indexes.thread(row.word(16), process);
    block.file[index] = row.file;
    block.fileFlags[index] = row.word(21);
    block.operation[index] = row.operation;
    block.sqeFlags[index] = (row.word(20) >>> 16) & 0xff;
    block.outcome[index] = row.word(20) >>> 24;
    block.opFlags[index] = row.word(18);
    block.offsetBytes[index] = row.wide(8);
    block.lengthBytes[index] = Math.max(0, row.wide(10));
    block.result[index] = row.word(15) | 0;
    block.sizeAfterBytes[index] = row.wide(12);
  }
}

/** One `struct RecordRow` of native/watch/record.h. */
class Row implements Sight {
  readonly atNs: number;
  readonly inode: number;
  /** Its index in the recording; 0: none. */
  file = 0;

  constructor(
    readonly words: Uint32Array,
    readonly at: number,
  ) {
    this.atNs = this.wide(0);
    this.inode = Math.max(0, this.wide(6));
  }

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

  get isRequest(): boolean {
    return !this.isCall;
  }

  get isEmpty(): boolean {
    return this.operation === OPEN && this.wide(12) === 0;
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
