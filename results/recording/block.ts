/**
 * Rows of a recording, one array for each column. Every value is a safe integer. A row is a request, or a system call
 * that changed a file.
 */
export const COLUMNS = [
  /** Since the recording began: submission of a request, return of a system call. Rows stand in this order. */
  "atNs",
  /** From submission to completion; -1: no completion was seen. */
  "latencyNs",
  /** Index of the ring; 0: a system call. */
  "ring",
  /** Index of the thread that submitted. */
  "thread",
  /** Index of the file; 0: the request has none, or none was seen. */
  "file",
  /** O_* of the descriptor through which the file was reached. */
  "fileFlags",
  /** IORING_OP_*, or one of `CALLS`. */
  "operation",
  /** IOSQE_* */
  "sqeFlags",
  /** Index in `OUTCOMES`. */
  "outcome",
  /** RWF_*; of fsync and open their flags; of fallocate its mode. */
  "opFlags",
  /** -1: at the file's position. Of a truncation: the new size. */
  "offsetBytes",
  /** Bytes that were asked for; of a vectored request the number of its buffers. */
  "lengthBytes",
  /** Bytes, 0, or a negative errno. */
  "result",
  /** Size of the file after a system call; -1: not looked at. */
  "sizeAfterBytes",
] as const;
export type Column = (typeof COLUMNS)[number];

/** How a request was executed. Only `punted` was refused first. */
export const OUTCOMES = ["inline", "punted", "forced", "drained", "chained", "unknown"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Numbers of the system calls, above those of IORING_OP_*. */
export const CALLS = {
  256: "open",
  257: "write",
  258: "fsync",
  259: "fdatasync",
  260: "ftruncate",
  261: "fallocate",
  264: "drop-cache",
} as const;
export const FIRST_CALL = 256;

/** Most rows of one block: what a reader must hold at once. */
export const BLOCK_ROWS_MAX = 65_536;

export type Block = { count: number } & Record<Column, Float64Array>;

export function emptyBlock(rows: number): Block {
  const columns = COLUMNS.map((name) => [name, new Float64Array(rows)] as const);
  return { count: rows, ...(Object.fromEntries(columns) as Record<Column, Float64Array>) };
}

/** Of a damaged or hostile file. */
export class DamagedBlock extends Error {}

/**
 * Column after column. A time is stored as the difference to the one before it, an offset as the difference to the end
 * of the request before it on the same file. Numbers are zigzag varints: 7 bits to a byte, lowest first.
 */
export function encodeBlock(block: Block): Buffer {
  const bytes = Buffer.allocUnsafe(5 + block.count * COLUMNS.length * BYTES_OF_NUMBER_MAX);
  let at = putNumber(bytes, 0, block.count);
  for (const name of COLUMNS) at = putNumbers(bytes, at, storedColumn(name, block));
  return bytes.subarray(0, at);
}

function storedColumn(name: Column, block: Block): Float64Array {
  if (name !== "atNs" && name !== "offsetBytes") return block[name];
  const before = predictor(name, block);
  return block[name].map((value, row) => value - before(row));
}

/** Throws a DamagedBlock. */
export function decodeBlock(bytes: Buffer): Block {
  const numbers = new Numbers(bytes);
  const count = numbers.next();
  if (count < 0 || count > BLOCK_ROWS_MAX) throw new DamagedBlock(`${count} rows in a block`);
  const block = emptyBlock(count);
  for (const name of COLUMNS) {
    const before = predictor(name, block);
    for (let row = 0; row < count; row += 1) {
      block[name][row] = checked(name, numbers.next() + before(row));
    }
  }
  if (!numbers.ended) throw new DamagedBlock("bytes after the last row");
  return block;
}

/** What a value is expected to be, from the rows before it and the columns before its own. */
function predictor(name: Column, block: Block): (row: number) => number {
  if (name === "atNs") return (row) => (row === 0 ? 0 : (block.atNs[row - 1] as number));
  if (name !== "offsetBytes") return () => 0;
  const ends = new Map<number, number>();
  let last = -1;
  return (row) => {
    if (last >= 0) ends.set(block.file[last] as number, block.offsetBytes[last] as number);
    last = row;
    return ends.get(block.file[row] as number) ?? 0;
  };
}

/** Smallest value of each column; all others begin at 0. */
const LEAST: Partial<Record<Column, number>> = {
  latencyNs: -1,
  offsetBytes: -1,
  sizeAfterBytes: -1,
  result: -(2 ** 31),
};
const MOST: Partial<Record<Column, number>> = {
  operation: 511,
  sqeFlags: 255,
  outcome: OUTCOMES.length - 1,
  opFlags: 2 ** 32 - 1,
  fileFlags: 2 ** 32 - 1,
  result: 2 ** 31 - 1,
};

function checked(name: Column, value: number): number {
  const least = LEAST[name] ?? 0;
  const most = MOST[name] ?? Number.MAX_SAFE_INTEGER;
  if (value >= least && value <= most) return value;
  throw new DamagedBlock(`${name} is ${value}`);
}

/** 53 bits and the sign. */
const BYTES_OF_NUMBER_MAX = 8;

function putNumbers(bytes: Buffer, start: number, values: Float64Array): number {
  let at = start;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    // Most columns hold small numbers only.
    if (value >= 0 && value < 64) bytes[at++] = value * 2;
    else at = putNumber(bytes, at, value);
  }
  return at;
}

function putNumber(bytes: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  while (rest >= 128) {
    bytes[at] = (rest % 128) + 128;
    rest = Math.floor(rest / 128);
    at += 1;
  }
  bytes[at] = rest;
  return at + 1;
}

class Numbers {
  #at = 0;

  constructor(readonly bytes: Buffer) {}

  get ended(): boolean {
    return this.#at === this.bytes.length;
  }

  next(): number {
    let value = 0;
    for (let scale = 1, read = 0; read < BYTES_OF_NUMBER_MAX; scale *= 128, read += 1) {
      const byte = this.bytes[this.#at];
      if (byte === undefined) break;
      this.#at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new DamagedBlock("a number is cut off or too long");
  }
}
