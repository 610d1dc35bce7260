import {
  type Block,
  COLUMNS,
  type Column,
  emptyBlock,
  encodeBlock,
} from "../../results/recording/block.js";
import { encodeFrame, SIGNATURE } from "../../results/recording/frames.js";
import type { RecordedFile } from "../../results/recording/schema.js";

/** A row; columns that are not given are 0. */
export type Row = Partial<Record<Column, number>>;

const WRITE = 23;
const BLOCK_BYTES = 4096;
const FILE_BYTES = 1 << 20;

export const HEADER = {
  type: "recording",
  version: 1,
  toolVersion: "0",
  startedAt: "2026-01-01T00:00:00.000Z",
  kernelRelease: "6.1.0",
  kernelVersion: "#1 SMP",
  machine: "x64",
  anonymised: false,
};
const RING = { type: "ring", index: 1, process: 7, flags: 0 };
const THREAD = { type: "thread", index: 1, process: 7, thread: 7, name: "writer" };
const END = {
  type: "end",
  durationNs: 1e9,
  requests: 1,
  calls: 0,
  lostEvents: 0,
  unmatchedCompletions: 0,
  causes: [],
};

/** A file of 1 MiB whose blocks were all written. */
export function fileLine(changes: Partial<RecordedFile> = {}): RecordedFile {
  return {
    type: "file",
    index: 1,
    device: "8:1",
    inode: 12,
    path: "/data/wal",
    seenAtNs: 0,
    sizeBytes: FILE_BYTES,
    filesystem: "ext4",
    mountOptions: ["rw"],
    blockBytes: BLOCK_BYTES,
    regions: [[0, FILE_BYTES, "written"]],
    regionsCut: false,
    cachedBytes: 0,
    ...changes,
  };
}

/** So many writes of one ring to one file, `everyNs` apart. */
export function writes(count: number, everyNs: number, changes: Row = {}): Row[] {
  return Array.from({ length: count }, (_, number) => ({
    atNs: number * everyNs,
    latencyNs: 10_000,
    ring: 1,
    thread: 1,
    file: 1,
    operation: WRITE,
    offsetBytes: (number * BLOCK_BYTES) % FILE_BYTES,
    lengthBytes: BLOCK_BYTES,
    result: BLOCK_BYTES,
    sizeAfterBytes: -1,
    ...changes,
  }));
}

export function blockOf(rows: readonly Row[]): Block {
  const block = emptyBlock(rows.length);
  for (const [index, row] of rows.entries()) {
    for (const name of COLUMNS) block[name][index] = row[name] ?? 0;
  }
  return block;
}

export const line = (content: unknown) =>
  encodeFrame({ kind: "line", content: Buffer.from(JSON.stringify(content)) });
export const rowsFrame = (rows: readonly Row[]) =>
  encodeFrame({ kind: "block", content: encodeBlock(blockOf(rows)) });

export interface Parts {
  /** Lines of files; one file where they are not given. */
  files?: readonly unknown[];
  rings?: readonly unknown[];
  /** 16 writes where they are not given. */
  rows?: readonly Row[];
  /** In the place of the header. */
  header?: unknown;
}

const ROWS_OF_BLOCK = 16_384;

/** A whole recording. It is well-formed where the parts are. */
export function madeRecording(parts: Parts = {}): Buffer {
  const { files = [fileLine()], rings = [RING], header = HEADER, rows = writes(16, 1e5) } = parts;
  const frames = [SIGNATURE, ...[header, ...rings, THREAD, ...files].map(line)];
  for (let from = 0; from < rows.length; from += ROWS_OF_BLOCK) {
    frames.push(rowsFrame(rows.slice(from, from + ROWS_OF_BLOCK)));
  }
  return Buffer.concat([...frames, line(END)]);
}
