import { openPrograms } from "./bpf-programs.js";

/** What one process did through one ring to one file with one operation since the last reading. */
export interface WatchRow {
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
  /** Latencies from submission to completion, in the buckets that `bucketNs` describes. */
  inlineBuckets: Uint32Array;
  puntedBuckets: Uint32Array;
}

/** How often and how long the threads of a process were blocked inside io_uring_enter since the last reading. */
export interface SubmitterStalls {
  process: number;
  count: number;
  /** Sum and longest. */
  blockedNs: number;
  maxNs: number;
  /** By duration, in the buckets that `bucketNs` describes. */
  buckets: Uint32Array;
}

/** What is not in the rows, since the watch began. */
export interface WatchLosses {
  /** Not counted: too many rows. */
  requests: number;
  /** Punts that stand among the inline requests: too many were under way. */
  punts: number;
  /** Latencies that were not measured. */
  latencies: number;
  /** Completions of no known request: Linux 5.10 gives only its user_data, which others under way may have too. */
  unmatched: number;
  /** Times that a thread was blocked which are not in the stalls: too many processes or threads. */
  stalls: number;
  /** Events at which the kernel did not run a BPF program: any of the counts may be too low by these. */
  events: number;
}

export interface WatchOptions {
  /** true: every process; else those given to `add`, and processes that they start. */
  everything: boolean;
  /** Also programs of this name that start later, from their first request on; "": none. */
  name: string;
  /** One request in 2^n has its latency measured. Counts are exact. */
  sampleShift: number;
}

/** Watches io_uring requests with BPF programs until `close`, or the end of this process. */
export interface Watch {
  add(process: number): void;
  remove(process: number): void;
  /** What was added since the last call, or since `openWatch`: rows with at least one request. */
  take(): WatchRow[];
  /**
   * Only uninterruptible sleep counts, so waiting for completions does not. null: the kernel does not let BPF programs
   * see in which system call a thread sleeps (before Linux 5.15).
   */
  takeStalls(): SubmitterStalls[] | null;
  lost(): WatchLosses;
  close(): void;
}

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

/** Loads and attaches the programs. Throws a UserError with the remedy where that is impossible. */
export function openWatch(options: WatchOptions): Watch {
  return openPrograms("Watch", "watch.bpf.o", options);
}
