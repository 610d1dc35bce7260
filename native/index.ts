import { createRequire } from "node:module";
import { join } from "node:path";
import type { Measurement } from "../results/schema.js";
import type {
  Arm,
  Durability,
  InodeState,
  Io,
  Operation,
  Order,
  PageCacheState,
  Preparation,
  Ring,
} from "../results/vocabulary.js";
import { UserError } from "../terminal/errors.js";
import { packageRoot } from "../terminal/package-root.js";
import type { ReplayRequest } from "./replay.js";

/** One trial, from the creation of its file to its removal. */
export interface TrialRequest {
  /** The driver creates and removes this file; it must not exist before. */
  path: string;
  /** A block device, as stat(2) tells its number: what is made at `path` is then a node of it, and no file. */
  device?: number;
  preparation: Preparation;
  arm: Arm;
  queueDepth: number;
  blockSizeBytes: number;
  /** Sizes are drawn evenly from the multiples of `blockSizeBytes` up to this, which is one of them. Default: one size. */
  blockSizeMaxBytes?: number | undefined;
  /** A multiple of `blockSizeBytes`. */
  fileSizeBytes: number;
  order: Order;
  /** What each request is; see `Scenario`. Default: a plain O_DIRECT write. */
  operation?: Operation | undefined;
  readPercent?: number | undefined;
  io?: Io | undefined;
  durability?: Durability | undefined;
  groupWrites?: number | undefined;
  /** Files that the requests take turns in. The first is at `path`, the others at `path.1`, `path.2`, ... */
  files?: number | undefined;
  /** Each has its own thread; `submitterTid` is then none of them. io_uring arms only. */
  rings?: number | undefined;
  /** Extents that the data of each file is in at least. Default: as many as the filesystem makes. */
  extents?: number | undefined;
  /** `cold`: before the first request the kernel drops every cache that it has, and loads the inodes anew. */
  inode?: InodeState | undefined;
  /** `filled`: the prepared files are read through the page cache, and their pages stay there. Default: no page is there. */
  pageCache?: PageCacheState | undefined;
  /** Another thread asks for the files' timestamps so often. Default: never. */
  statIntervalNs?: number | undefined;
  vectored?: boolean | undefined;
  fixedFiles?: boolean | undefined;
  /** Most bounded io-wq workers. Default: as many as the kernel allows. */
  iowqWorkers?: number | undefined;
  /** Decides the random order, and is written into every block. */
  seed: number;
  /** From one write's due moment to the next; 0 is back to back. */
  intervalNs: number;
  /** When so many requests have completed, the stream pauses for `thinkTimeNs`. Default: never. */
  thinkRequests?: number | undefined;
  thinkTimeNs?: number | undefined;
  /** The first part, which is not counted; it ends at the latest when half of the blocks are issued. Default: 0. */
  rampNs?: number | undefined;
  /** Back to back: ends the counted part, also when blocks are left. Default: every block is written. */
  durationNs?: number | undefined;
  /** Registers the buffers and the file with the ring. */
  registeredBuffers: boolean;
  /** Default: the best that the kernel has. */
  ring?: Ring | undefined;
  /** Each write waits for all before it (IOSQE_IO_DRAIN). */
  drained?: boolean | undefined;
  /** Rest between fsync of the prepared file and the first write. */
  settleNs: number;
  countPunts: boolean;
  /** Count workers at the end instead of sampling them on a timer. */
  countWorkersOnce?: boolean;
  /** Keeps the file, for tests that read it back. */
  keepFile?: boolean;
  /** Writes to a file that exists, and does not remove it. */
  existingFile?: boolean;
  /** Ends before the first write; of the measurement only the preparation is there. */
  prepareOnly?: boolean;
}

/**
 * What one trial measured, in the words of the results file; what is added here does not go there as it is.
 * Index n of an array belongs to the n-th completion after the ramp.
 */
export interface DriverMeasurement
  extends Omit<Measurement, "latency" | "issueDelay" | "submitCall" | "instructions" | "wallNs"> {
  wallNs: number;
  /** Why something is null. */
  warnings: string[];
  /** Thread that issued the writes. */
  submitterTid: number;
  failedWrites: number;
  /** errno name of the first failed write; EIO for a short one. */
  firstError: string | null;
  shortWrite: boolean;
  latencyNs: Float64Array;
  issueDelayNs: Float64Array | null;
  /** Index n: the n-th submitting call. */
  submitCallNs: Float64Array;
}

export interface ReplayOutcome {
  rings: DriverMeasurement[];
  callsFailed: number;
  /** Paced only. */
  callsLateNsMax: number;
}

export interface NopRequest {
  operations: number;
  queueDepth: number;
  forced: boolean;
  countPunts: boolean;
}

export interface NowaitRequest {
  /** Prefix of the names of the probe's files; the driver creates and removes them. */
  path: string;
  preparation: Preparation;
  blockSizeBytes: number;
}

/** Answers of one oracle. "ok": the write would be issued inline; an errno name: the kernel refused it. */
export interface NowaitAnswers {
  /** Why this oracle cannot be asked here; null when it was. */
  unavailable: DriverError | null;
  /** Writes in the same clock tick as the file's last timestamp update, up to three in each round. */
  fresh: string[];
  /** Writes 20 ms later, when the timestamp needs an update again; one in each round. */
  later: string[];
}

/** The same question, "would this write have to wait?", by three system calls. */
export const ORACLES = ["ioUring", "pwritev2", "libaio"] as const;
export type Oracle = (typeof ORACLES)[number];

export interface DirectIoAlignment {
  memoryBytes: number;
  offsetBytes: number;
  source: "statx" | "tried" | "queue";
}

export interface Extent {
  offsetBytes: number;
  physicalBytes: number;
  lengthBytes: number;
  /** FIEMAP_EXTENT_* bits. */
  flags: number;
}

export interface FileRange {
  offsetBytes: number;
  lengthBytes: number;
}

export interface CachedPages {
  source: "cachestat" | "mincore";
  pages: number[];
}

/** A failed system call, as `addon/addon.cc` reports it. */
export interface DriverError extends Error {
  code: string;
  syscall: string;
  path?: string;
}

/** The io_uring driver. Every method that measures runs on a new native thread. */
export interface Driver {
  runTrial(request: TrialRequest, signal?: AbortSignal): Promise<DriverMeasurement>;
  /** Recorded requests through the same loop: each ring on a thread of its own. */
  runReplay(request: ReplayRequest, signal?: AbortSignal): Promise<ReplayOutcome>;
  /** NOPs through the same loop: the instrument without a filesystem. ETIMEDOUT after a minute. */
  runNops(request: NopRequest): Promise<DriverMeasurement>;
  /** Must succeed before `countPunts` has an effect. Throws a DriverError without the right. */
  openPuntCounter(): { forcedFilter: string; hashedFilter: string };
  /** Creates, tries and removes `probePath`. Throws EINVAL or EOPNOTSUPP where O_DIRECT is impossible. */
  directIoAlignment(probePath: string): DirectIoAlignment;
  /** What the filesystem declares for a file (STATX_DIOALIGN, Linux 6.1); null where it does not. */
  declaredDirectIoAlignment(path: string): DirectIoAlignment | null;
  /** Throws EOPNOTSUPP where the filesystem has no FIEMAP. */
  extents(path: string): Extent[];
  /** Pages in the page cache, one number for each range. Throws EPERM for another user's file. */
  cachedPages(path: string, ranges: readonly FileRange[]): CachedPages;
  /** FS_*_FL bits, as lsattr(1) shows them; null where the filesystem has none. */
  inodeFlags(path: string): number | null;
  /**
   * Takes flock(2) on an open file without waiting; false when another descriptor holds it. The kernel releases the
   * lock when the descriptor is closed, also when the process is killed. Throws ENOLCK where the filesystem has no locks.
   */
  lockFile(fd: number, kind: "exclusive" | "shared"): boolean;
  /**
   * Whether writes to a freshly prepared file would punt. Takes about 50 ms, on the calling thread. Throws
   * EOPNOTSUPP from `fallocate` where the filesystem lacks the preparation.
   */
  nowaitProbe(request: NowaitRequest): Record<Oracle, NowaitAnswers>;
  /** A descriptor of the root of tracefs, open until the process ends. Throws a DriverError without the right. */
  openTracefs(): number;
  /** Block numbers in the order in which a trial of this random order and seed writes them. */
  randomOrder(order: "random" | "random-next", blocks: number, seed: number): Uint32Array;
  /** Name of the threads that issue the writes of trials. */
  readonly submitterName: string;
  timestampCostNs(): number;
  readonly liburingVersion: string;
}

interface Job<T = DriverMeasurement> {
  promise: Promise<T>;
  cancel(): void;
}

interface Addon extends Omit<Driver, "runTrial" | "runNops" | "runReplay"> {
  startTrial(request: TrialRequest): Job;
  startReplay(request: ReplayRequest): Job<ReplayOutcome>;
  startNops(request: NopRequest): Job;
}

async function settled<T>(job: Job<T>, signal?: AbortSignal): Promise<T> {
  const cancel = () => job.cancel();
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    return await job.promise;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

/** Some thousand NOPs take milliseconds, and seconds under emulation. */
const NOPS_TIMEOUT_MS = 60_000;

function wrap({ startTrial, startReplay, startNops, ...others }: Addon): Driver {
  return {
    ...others,
    runTrial: async (request, signal) => settled(startTrial(request), signal),
    runReplay: async (request, signal) => settled(startReplay(request), signal),
    runNops: async (request) => settled(startNops(request), AbortSignal.timeout(NOPS_TIMEOUT_MS)),
  };
}

/** Loads the addon. Throws a UserError that says how to build it when it is missing. */
export function loadDriver(): Driver {
  const path = join(packageRoot(), "native/build/Release/puntbench.node");
  try {
    return wrap(createRequire(import.meta.url)(path) as Addon);
  } catch (error) {
    throw new UserError(
      `the io_uring driver cannot be loaded: ${(error as Error).message.split("\n")[0]}`,
      "Run ./scripts/bootstrap to install what it needs and build it.",
    );
  }
}
