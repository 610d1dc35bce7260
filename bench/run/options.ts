import type { Scenario } from "../../results/schema.js";
import {
  ARMS,
  type Arm,
  ORDERS,
  type Order,
  PREPARATIONS,
  type Preparation,
  type Ring,
} from "../../results/vocabulary.js";
import { UsageError } from "../../terminal/errors.js";
import { integer, list, words } from "../../terminal/option-values.js";
import { formatBytes, parseBytes, parseDurationNs } from "../../terminal/units.js";
import { parseKernelLabel } from "./kernel-label.js";
import { MAX_BLOCKS } from "./preflight.js";
import { commonRing, type RawStreamOptions, type Variant, variantsOf } from "./stream-options.js";

/** Options as commander hands them over: text. */
export interface RawOptions extends RawStreamOptions {
  kernelLabel?: string;
  dir: string;
  out: string;
  preparations: string;
  queueDepths?: string;
  blockSize: string;
  fileSize?: string;
  order: string;
  rounds?: string;
  arms?: string;
  interval: string;
  seed?: string;
  registeredBuffers?: boolean;
  maxSpace?: string;
  trialTimeout: string;
  duration?: string;
  ramp?: string;
  findCapacity?: boolean;
  p99?: string;
  quick?: boolean;
  json?: boolean;
  /** A fio job file, which then decides the scenarios. */
  fio?: string;
  /** A named workload, which then decides the scenarios. */
  workload?: string;
  /** A JSON file with a list of scenarios. */
  scenarios?: string;
}

/** One size, or the least and the largest of several. */
export type RequestSizes = Pick<Scenario, "blockSizeBytes" | "blockSizeMaxBytes">;

export interface BenchOptions {
  kernelLabel: string;
  dir: string;
  out: string;
  preparations: Preparation[];
  /** null: inline for every preparation, and forced for dd-prefill, where it is the control. */
  arms: Arm[] | null;
  queueDepths: number[];
  intervalsNs: number[];
  sizes: RequestSizes[];
  /** How long a trial of writes back to back lasts at least; null where the file size decides. */
  durationNs: number | null;
  /** The first part of a trial, which is not counted. null: a fifth of `durationNs`, and none without it. */
  rampNs: number | null;
  /** Search for the highest load of paced writes within this latency, instead of running rounds. */
  capacity: { latencyNsP99: number } | null;
  /** null: chosen per interval, see `defaultWrites`; it then grows to `durationNs`. */
  fileSizeBytes: number | null;
  orders: Order[];
  /** What each request is. */
  variants: Variant[];
  ring: Ring;
  registeredBuffers: boolean;
  rounds: number;
  seed: number;
  quick: boolean;
  json: boolean;
  /** null: at most a tenth of the free space. */
  maxSpaceBytes: number | null;
  trialTimeoutMs: number;
}

/** IORING_MAX_ENTRIES in io_uring/io_uring.h. More than the device's queue takes is allowed: the rest waits before it. */
export const MAX_QUEUE_DEPTH = 32768;
const MIN_BLOCK_BYTES = 512;
const MAX_BLOCK_BYTES = 4 << 20;

/** Checks every option and gives it its type. Throws a UsageError with the remedy. */
export function parseOptions(raw: RawOptions): BenchOptions {
  return {
    kernelLabel: parseKernelLabel(raw.kernelLabel),
    dir: raw.dir,
    out: raw.out,
    preparations: words(raw.preparations, PREPARATIONS, "--preparations"),
    arms: raw.arms === undefined ? null : words(raw.arms, ARMS, "--arms"),
    queueDepths: queueDepths(raw),
    intervalsNs: list(raw.interval, "--interval").map((text) =>
      parseDurationNs(text, "--interval"),
    ),
    sizes: blockSizes(raw),
    durationNs: duration(raw),
    capacity: capacity(raw),
    rampNs: raw.ramp === undefined ? null : parseDurationNs(raw.ramp, "--ramp"),
    fileSizeBytes: raw.fileSize === undefined ? null : fileSize(raw.fileSize, blockSizes(raw)),
    orders: words(raw.order, ORDERS, "--order"),
    variants: variantsOf(raw),
    ring: commonRing(raw),
    registeredBuffers: raw.registeredBuffers ?? false,
    rounds: integer(
      raw.rounds ?? (raw.quick || raw.findCapacity ? "3" : "5"),
      "--rounds",
      1,
      10_000,
    ),
    seed:
      raw.seed === undefined
        ? randomSeed()
        : integer(raw.seed, "--seed", 0, Number.MAX_SAFE_INTEGER),
    quick: raw.quick ?? false,
    json: raw.json ?? false,
    maxSpaceBytes: raw.maxSpace === undefined ? null : parseBytes(raw.maxSpace, "--max-space"),
    trialTimeoutMs: parseDurationNs(raw.trialTimeout, "--trial-timeout") / 1e6,
  };
}

function blockSizes({ blockSize }: RawOptions): RequestSizes[] {
  return list(blockSize, "--block-size").map((text) => {
    const [least = "", most] = text.split("-");
    const blockSizeBytes = sizeOf(least);
    if (most === undefined) return { blockSizeBytes };
    const blockSizeMaxBytes = sizeOf(most);
    const isRange = blockSizeMaxBytes > blockSizeBytes && blockSizeMaxBytes % blockSizeBytes === 0;
    if (isRange) return { blockSizeBytes, blockSizeMaxBytes };
    throw new UsageError(
      `--block-size ${text}: the second size is no multiple of the first`,
      "Choose for example 4k-64k.",
    );
  });
}

function sizeOf(text: string): number {
  const bytes = parseBytes(text, "--block-size");
  if (bytes < MIN_BLOCK_BYTES || bytes > MAX_BLOCK_BYTES) {
    throw new UsageError(
      `--block-size ${text}: out of range`,
      "Choose 512 to 4M, in the device's alignment.",
    );
  }
  if (bytes % MIN_BLOCK_BYTES === 0) return bytes;
  throw new UsageError(
    `--block-size ${text}: O_DIRECT needs a multiple of ${MIN_BLOCK_BYTES} bytes`,
    "Choose for example 512, 4k or 8k.",
  );
}

const DEFAULT_DEPTHS = "1,8,32";
/** Writes that come at fixed times do not wait for each other: the depth must not limit them. */
const CAPACITY_DEPTH = "128";

function queueDepths({ queueDepths, findCapacity }: RawOptions): number[] {
  const text = queueDepths ?? (findCapacity ? CAPACITY_DEPTH : DEFAULT_DEPTHS);
  return list(text, "--queue-depths").map((depth) =>
    integer(depth, "--queue-depths", 1, MAX_QUEUE_DEPTH),
  );
}

function capacity(raw: RawOptions): BenchOptions["capacity"] {
  const { findCapacity, p99, fileSize, interval, thinkTime } = raw;
  if (!findCapacity && p99 === undefined) return null;
  if (!findCapacity || p99 === undefined) {
    throw new UsageError(
      "--find-capacity and --p99 belong together",
      "Write for example --find-capacity --p99 2ms.",
    );
  }
  if (fileSize !== undefined || interval !== "0" || thinkTime !== undefined) {
    throw new UsageError(
      "--find-capacity chooses the pace and the size of the file",
      "Leave out --interval, --think-time and --file-size; --duration says how long each step lasts.",
    );
  }
  const latencyNsP99 = parseDurationNs(p99, "--p99");
  if (latencyNsP99 > 0) return { latencyNsP99 };
  throw new UsageError("--p99 0: no write takes no time", "Give a target like 500us or 2ms.");
}

const PACED_TRIAL_NS = 2e9;

/**
 * Writes of a trial where no file size is given: enough that one punt per inode stays below 1 %, few
 * enough that large blocks do not fill the disk and a paced trial lasts about 2 s.
 */
export function defaultWrites(
  options: BenchOptions,
  intervalNs: number,
  blockSizeBytes: number,
): number {
  const [writes, bytes] = options.quick ? [1024, 64 << 20] : [4096, 256 << 20];
  const most = Math.floor(bytes / blockSizeBytes);
  if (intervalNs === 0) return Math.min(writes, most);
  const lastsNs = Math.max(PACED_TRIAL_NS, options.durationNs ?? 0);
  const paced = Math.max(64, Math.round(lastsNs / intervalNs));
  return Math.min(paced, options.quick ? Math.min(writes, most) : most);
}

const DEFAULT_DURATION = "500ms";
const CAPACITY_DURATION = "1s";

function duration({ duration, fileSize, quick, findCapacity }: RawOptions): number | null {
  if (duration !== undefined && fileSize !== undefined) {
    throw new UsageError(
      "--duration and --file-size exclude each other",
      "Give one: the file grows with --duration, or its size ends the trial.",
    );
  }
  const short = quick && !findCapacity;
  if (duration === undefined && (fileSize !== undefined || short)) return null;
  const usual = findCapacity && !quick ? CAPACITY_DURATION : DEFAULT_DURATION;
  const ns = parseDurationNs(duration ?? usual, "--duration");
  if (ns > 0) return ns;
  throw new UsageError("--duration 0: a trial must last", "Choose for example 500ms or 5s.");
}

function fileSize(text: string, sizes: readonly RequestSizes[]): number {
  const bytes = parseBytes(text, "--file-size");
  for (const { blockSizeBytes } of sizes) {
    if (bytes < blockSizeBytes || bytes % blockSizeBytes !== 0) {
      throw new UsageError(
        `--file-size ${text}: not a multiple of the block size, ${formatBytes(blockSizeBytes)}`,
        "Choose a size that holds a whole number of blocks.",
      );
    }
    if (bytes / blockSizeBytes > MAX_BLOCKS) {
      throw new UsageError(`--file-size ${text}: more than 2^31 blocks`, "Choose a smaller file.");
    }
  }
  return bytes;
}

/** A new seed for a run without --seed. The header records it, so that the run can be repeated. */
function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
