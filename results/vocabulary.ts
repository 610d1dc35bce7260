/** The words of a scenario. No dependency, so that `--help` can name them without loading zod. */

/** Of the results files that this puntbench writes. It also reads version 1, see `upgrade.ts`. */
export const SCHEMA_VERSION = 2;

/** Of a kernel label. Charts and tables lay out every character of it, several times. */
export const LABEL_CHARACTERS_MAX = 200;

/** State of the file before the measured writes, in the order charts show them: dearest first. */
export const PREPARATIONS = [
  "no-fallocate",
  "keep-size",
  "fallocate-0",
  "zero-range",
  "dd-prefill",
] as const;
export type Preparation = (typeof PREPARATIONS)[number];

/**
 * How the same writes are issued. `inline` is the subject; the others are its controls. `unbatched` submits and reaps one
 * write at a time; `own-files` and `forced-own-files` give each slot its own file, so that no two writes share an inode.
 */
export const ARMS = [
  "inline",
  "unbatched",
  "own-files",
  "forced",
  "forced-own-files",
  "psync",
  "libaio",
] as const;
export type Arm = (typeof ARMS)[number];

/** Whether IOSQE_ASYNC is set on every request. */
export function isForced(arm: Arm): boolean {
  return arm === "forced" || arm === "forced-own-files";
}

/** What still differs between a forced punt and a natural one, for everything that shows both. */
export const FORCED_DIFFERS =
  "forced writes are punted on purpose, to as many workers as natural punts may have; from Linux 6.12 on they are never serialised by their inode, as natural punts are on some filesystems";

/** /proc/schedstat and cpuacct.usage count run time of tasks, in ns; /proc/stat counts ticks, interrupts among them. */
export const SYSTEM_CPU_SOURCES = ["schedstat", "cpuacct", "stat"] as const;

/**
 * Flags of the ring: `sqpoll` lets a thread of the kernel submit, `iopoll` polls the device for completions; `defer` is SINGLE_ISSUER and DEFER_TASKRUN (Linux 6.1), `coop` COOP_TASKRUN (5.19), `plain` none.
 * `best` is the first of these that the kernel has.
 */
export const RINGS = ["best", "defer", "coop", "plain", "sqpoll", "iopoll"] as const;
export type Ring = (typeof RINGS)[number];

/** What each request does. `readwrite` draws reads at random, as many as `readPercent` says. */
export const OPERATIONS = [
  "write",
  "read",
  "readwrite",
  "fsync",
  "fallocate",
  "openat",
  "statx",
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** `uncached`: through the page cache, and dropped from it after use (RWF_DONTCACHE, Linux 6.14). */
export const IOS = ["direct", "buffered", "uncached"] as const;
export type Io = (typeof IOS)[number];

/** `cold`: the kernel has just loaded the inodes of the files. `warm`: it has had them since they were made. */
export const INODE_STATES = ["warm", "cold"] as const;
export type InodeState = (typeof INODE_STATES)[number];

/** `filled`: every page of the files is in the page cache, clean, as after reading them. `empty`: no page is. */
export const PAGE_CACHE_STATES = ["empty", "filled"] as const;
export type PageCacheState = (typeof PAGE_CACHE_STATES)[number];

/**
 * When a write is on stable storage: with its completion, except for `none`. `group-fdatasync`: an fdatasync follows each
 * group of `groupWrites` writes, and they complete with it; `group-fsync`: an fsync.
 */
export const DURABILITIES = [
  "none",
  "o_dsync",
  "rwf_dsync",
  "linked-fdatasync",
  "group-fdatasync",
  "group-fsync",
] as const;
export type Durability = (typeof DURABILITIES)[number];

/** Whether a sync follows each group of writes. */
export function syncsGroups(durability: Durability | undefined): boolean {
  return durability === "group-fdatasync" || durability === "group-fsync";
}

/**
 * Order in which the blocks are written, each exactly once. `random` is a permutation. `random-next` draws a block and, where
 * it is taken, goes to the next one that is left, as fio does: so neighbours are often under way together. `append`: with
 * O_APPEND, so behind the end of the file.
 * `recycled`: the files are the segments of a log; they are filled in turn and then overwritten, so each block is written
 * twice.
 */
export const ORDERS = ["sequential", "random", "random-next", "append", "recycled"] as const;
export type Order = (typeof ORDERS)[number];

/** Stable names of what decides a write. `overwrite` and `unwritten-in-place` are why it does not punt. */
export const CAUSES = [
  "forced",
  "no-direct-io",
  "no-nowait",
  "first-write-of-inode",
  "security-attributes",
  "extends-size",
  "beyond-size",
  "hole",
  "unwritten",
  "crosses-extents",
  "unaligned",
  "page-cache",
  "timestamp",
  "copy-on-write",
  "checksums",
  "shared-extent",
  "special-extent",
  /** The write does not fit into one request of the block device. */
  "splits-request",
  /** XFS must first read the file's list of extents. */
  "extents-not-read",
  "overwrite",
  "unwritten-in-place",
  "not-established",
] as const;
export type Cause = (typeof CAUSES)[number];

/** What tracing can say besides the causes that rules predict. */
export const OBSERVED_CAUSES = [
  ...CAUSES,
  /** Somebody held the inode's lock at that moment; often a worker at an earlier write. */
  "lock-contended",
  /** Not O_DIRECT, on a filesystem whose buffered writes may always wait. */
  "buffered-write",
  /** Too many pages wait for writeback: the kernel slows down who makes more (balance_dirty_pages). */
  "dirty-pages",
  /** io_uring never tries the operation inline: fsync, fallocate and the like. */
  "blocking-operation",
  /** Handed over because of the request before it. */
  "linked-or-drained",
  /** The evidence does not decide. */
  "unknown",
] as const;
export type ObservedCause = (typeof OBSERVED_CAUSES)[number];

/** Where a filesystem is named: the requests went to a block device itself. The kernel's own name, as in /proc/filesystems. */
export const BLOCK_DEVICES = "bdev";
