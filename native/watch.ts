import { createRequire } from "node:module";
import { join } from "node:path";
import { UserError } from "../terminal/errors.js";
import { packageRoot } from "../terminal/package-root.js";

/** What one process does through one ring to one file with one operation, since the watch began. */
export interface WatchRow {
  /** Identity of the ring; the number means nothing else. */
  ring: bigint;
  /** 0 and 0:0 for a request without a file. */
  inode: number;
  /** Numbers of the file's device, as the kernel has them: for btrfs not those that stat(2) gives. */
  major: number;
  minor: number;
  /** Process id in the initial PID namespace. */
  process: number;
  /** IORING_OP_*. */
  opcode: number;
  /** Completed requests. */
  requests: number;
  /** Of `requests`: handed to io-wq after a refused attempt. */
  punts: number;
  /** Of `requests`: handed to io-wq without an attempt. */
  forced: number;
  /** Of `requests`: with a negative result. */
  failed: number;
  /** Sum of the positive results: bytes, for reads and writes. */
  bytes: number;
  /** Latencies from submission to completion, in the buckets that `bucketNs` describes. */
  inlineBuckets: number[];
  puntedBuckets: number[];
}

export interface WatchOptions {
  /** true: every process; else those given to `add`. */
  everything: boolean;
  /** One request in 2^n has its latency measured. Counts are exact. */
  sampleShift: number;
}

/** Watches io_uring requests with BPF programs until `close`, or the end of this process. */
export interface Watch {
  add(process: number): void;
  remove(process: number): void;
  rows(): WatchRow[];
  /** What did not fit into the kernel's maps since the watch began. */
  lost(): { rows: number; requests: number };
  close(): void;
}

interface WatchAddon {
  Watch: new (options: WatchOptions & { objectPath: string }) => Watch;
  firstPower: number;
}

/** Upper end of a bucket: four buckets to each power of two, from 2^10 ns on (`native/bpf/watch.h`). */
export function bucketNs(index: number): number {
  return 2 ** (10 + Math.floor(index / 4)) * (1 + ((index % 4) + 1) / 4);
}

/** Loads and attaches the programs. Throws a UserError with the remedy where that is impossible. */
export function openWatch(options: WatchOptions): Watch {
  const folder = join(packageRoot(), "native/build/Release");
  const { Watch } = loadAddon(join(folder, "puntbench_watch.node"));
  try {
    return new Watch({ ...options, objectPath: join(folder, "watch.bpf.o") });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`the BPF programs of watch cannot be loaded: ${message}`, remedyFor(code));
  }
}

function loadAddon(path: string): WatchAddon {
  try {
    return createRequire(import.meta.url)(path) as WatchAddon;
  } catch (error) {
    throw new UserError(
      `watch cannot be loaded: ${(error as Error).message.split("\n")[0]}`,
      "Install clang and libbpf-dev, then run ./scripts/bootstrap.",
    );
  }
}

function remedyFor(code: string | undefined): string {
  if (code === "EPERM" || code === "EACCES") {
    return "Run it as root, or with the capabilities CAP_BPF and CAP_PERFMON.";
  }
  if (code === "ESRCH" || code === "ENOENT") {
    return "watch needs Linux 6.4 or newer with type information: /sys/kernel/btf/vmlinux.";
  }
  return "watch needs Linux 6.4 or newer with CONFIG_BPF_SYSCALL and CONFIG_DEBUG_INFO_BTF.";
}
