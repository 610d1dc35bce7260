import type { Durations } from "../results/observation.js";

/** What a row counts: what one process does through one ring to one file with one operation. */
export interface RowIdentity {
  /** Identity of the ring; the number means nothing else. */
  ring: number;
  /** 0 and 0:0 for a request without a file. */
  inode: number;
  /** Numbers of the file's device, as the kernel has them: for btrfs not those that stat(2) gives. */
  major: number;
  minor: number;
  /** Process id in the initial PID namespace. */
  process: number;
  /** IORING_OP_*. */
  opcode: number;
  /** Name of the process, and the last part of the file's path, perhaps cut off: as they were at its first request. */
  processName: string;
  fileName: string;
}

/** The numbers of an identity as text, made once: they are looked up for each row in each interval. */
export interface RowKeys {
  /** Process and file. */
  fileKey: string;
  /** Process, file and operation, over all rings. */
  placeKey: string;
  /** Everything. */
  rowKey: string;
}

/** What was added to a row since the last reading. */
export interface WatchRow extends RowIdentity, RowKeys {
  /** Completed requests. */
  requests: number;
  /** Of `requests`: handed to io-wq after a refused attempt. */
  punts: number;
  /** Of `requests`: handed to io-wq without an attempt, as asked (IOSQE_ASYNC). */
  forced: number;
  /** Of `requests`: handed to io-wq without an attempt, because a request with IOSQE_IO_DRAIN was in the ring. */
  drained: number;
  /** Of `requests`: executed by an io-wq worker that had the request linked before them; they are not handed over. */
  chained: number;
  /** Of `requests`: with a negative result. */
  failed: number;
  /** Sum of the positive results: bytes, for reads and writes. */
  bytes: number;
  /** Latencies from submission to completion, in nanoseconds. */
  inlineLatencies: Durations;
  puntedLatencies: Durations;
}

/** What the addon hands out at a reading. */
export interface Reading {
  /** Rows that stand for something new from now on. */
  made: (RowIdentity & { number: number })[];
  /** COLUMNS for each row; `native/watch/addon.cc` writes them. */
  counts: Float64Array;
  /** Pairs of a bucket's index and a count. */
  latencies: Uint32Array;
}

const COLUMNS = 10;

/** Upper end of a bucket: four buckets to each power of two, from 2^10 ns on (`native/bpf/watch.h`). */
export function bucketNs(index: number): number {
  return 2 ** (10 + Math.floor(index / 4)) * (1 + ((index % 4) + 1) / 4);
}

/** Index of the bucket of a duration: `bucket_of` of native/bpf/latency.h. */
export function bucketOf(ns: number): number {
  if (ns < 2 ** 10) return 0;
  const power = Math.floor(Math.log2(ns));
  return (power - 10) * 4 + Math.floor((ns / 2 ** power - 1) * 4);
}

const BUCKET_NS = Array.from({ length: 128 }, (_, index) => bucketNs(index));
const NONE: Durations = [];

type FileIdentity = Pick<RowIdentity, "process" | "major" | "minor" | "inode">;

export function fileKeyOf({ process, major, minor, inode }: FileIdentity): string {
  return `${process} ${major}:${minor} ${inode}`;
}

export function placeKeyOf(place: FileIdentity & { opcode: number }): string {
  return `${fileKeyOf(place)} ${place.opcode}`;
}

export function keysOf(row: FileIdentity & { opcode: number; ring: number }): RowKeys {
  const placeKey = placeKeyOf(row);
  return { fileKey: fileKeyOf(row), placeKey, rowKey: `${placeKey} ${row.ring}` };
}

/** Written out: objects that are made with a spread are hash tables, and reading from them takes 20 times as long. */
function known(row: RowIdentity): RowIdentity & RowKeys {
  const { fileKey, placeKey, rowKey } = keysOf(row);
  return {
    ring: row.ring,
    inode: row.inode,
    major: row.major,
    minor: row.minor,
    process: row.process,
    opcode: row.opcode,
    processName: row.processName,
    fileName: row.fileName,
    fileKey,
    placeKey,
    rowKey,
  };
}

/** Knows what the numbers of rows stand for, and puts readings together. */
export class RowReader {
  readonly #known = new Map<number, RowIdentity & RowKeys>();

  rowsOf({ made, counts, latencies }: Reading): WatchRow[] {
    for (const row of made) this.#known.set(row.number, known(row));
    const rows: WatchRow[] = [];
    let pair = 0;
    const durations = (pairs: number): Durations => {
      if (pairs === 0) return NONE;
      const from = pair;
      pair += pairs;
      return durationsOf(latencies, from, pair);
    };
    for (let at = 0; at < counts.length; at += COLUMNS) {
      const column = (index: number) => counts[at + index] as number;
      const identity = this.#known.get(column(0)) as RowIdentity & RowKeys;
      rows.push({
        ring: identity.ring,
        inode: identity.inode,
        major: identity.major,
        minor: identity.minor,
        process: identity.process,
        opcode: identity.opcode,
        processName: identity.processName,
        fileName: identity.fileName,
        fileKey: identity.fileKey,
        placeKey: identity.placeKey,
        rowKey: identity.rowKey,
        requests: column(1),
        failed: column(2),
        bytes: column(3),
        punts: column(4),
        forced: column(5),
        drained: column(6),
        chained: column(7),
        inlineLatencies: durations(column(8)),
        puntedLatencies: durations(column(9)),
      });
    }
    return rows;
  }
}

/** Of pairs of a bucket's index and a count, those from one pair to before another. */
export function durationsOf(pairs: Uint32Array, from = 0, to = pairs.length / 2): Durations {
  const durations: Durations = [];
  for (let pair = from; pair < to; pair += 1) {
    durations.push([BUCKET_NS[pairs[2 * pair] as number] as number, pairs[2 * pair + 1] as number]);
  }
  return durations;
}
