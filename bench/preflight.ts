import { readFileSync, statfsSync } from "node:fs";
import type { DirectIoAlignment, Driver, DriverError } from "../native/index.js";
import type { Scenario } from "../results/schema.js";
import { UsageError, UserError } from "../terminal/errors.js";
import { formatBytes } from "../terminal/units.js";
import type { ScratchDirectory } from "./scratch.js";

/** Filesystems that accept O_DIRECT without writing to a device, by statfs magic (statfs(2)). */
const NOT_DIRECT: Record<number, string> = {
  16914836: "tmpfs", // 0x01021994; accepts O_DIRECT from Linux 6.6
  2240043254: "ramfs", // 0x858458f6
  16914839: "9p", // 0x01021997
};

/** What the kernel asks of O_DIRECT here. Refuses by name a filesystem that has none. */
export function directIoAlignment(
  driver: Driver,
  scratch: ScratchDirectory,
  filesystemType: string,
): DirectIoAlignment {
  const known = NOT_DIRECT[statfsSync(scratch.path).type];
  try {
    if (known === undefined) return driver.directIoAlignment(scratch.file("alignment"));
  } catch (error) {
    const { code, message } = error as DriverError;
    if (code !== "EINVAL" && code !== "EOPNOTSUPP") {
      throw new UserError(`--dir cannot be written: ${message}`, "Free space, or name another.");
    }
  }
  throw new UsageError(
    `--dir is on ${known ?? filesystemType}, which cannot do O_DIRECT to a device`,
    "Name a directory on ext4, XFS or btrfs, for example with --dir /var/tmp.",
  );
}

export function checkBlockSize(blockSizeBytes: number, alignment: DirectIoAlignment): void {
  if (blockSizeBytes % alignment.offsetBytes === 0) return;
  throw new UsageError(
    `--block-size ${blockSizeBytes}: this filesystem writes O_DIRECT in multiples of ${alignment.offsetBytes} bytes`,
    `Choose a multiple of ${alignment.offsetBytes}.`,
  );
}

/** One trial's file exists at a time, so the largest one decides. */
export function checkSpace(
  scratch: ScratchDirectory,
  scenarios: readonly Scenario[],
  maxSpaceBytes: number | null,
): void {
  const needed = Math.max(...scenarios.map((scenario) => scenario.fileSizeBytes));
  const filesystem = statfsSync(scratch.path);
  const free = filesystem.bavail * filesystem.bsize;
  if (needed > free) {
    throw new UsageError(
      `not enough space: a trial needs ${formatBytes(needed)}, ${formatBytes(free)} are free`,
      "Choose a smaller --file-size or another --dir.",
    );
  }
  const allowed = maxSpaceBytes ?? free / 10;
  if (needed > allowed) {
    throw new UsageError(
      `a trial needs ${formatBytes(needed)}, more than the ${formatBytes(allowed)} it may use` +
        (maxSpaceBytes === null ? " (a tenth of the free space)" : " (--max-space)"),
      `Choose a smaller --file-size, or allow it with --max-space ${needed}.`,
    );
  }
}

/** Refuses a depth that the file can never fill, since its figures would describe a shallower queue. */
export function checkQueueDepths(scenarios: readonly Scenario[]): void {
  for (const { queueDepth, fileSizeBytes, blockSizeBytes } of scenarios) {
    const writes = fileSizeBytes / blockSizeBytes;
    if (queueDepth > writes) {
      throw new UsageError(
        `queue depth ${queueDepth} is more than the ${writes} writes of a trial`,
        `Choose a smaller --queue-depths, or --file-size ${queueDepth * blockSizeBytes * 8} or more.`,
      );
    }
  }
}

/** kernel.io_uring_disabled (Linux 6.6): 0 allowed, 1 for privileged or its group only, 2 for nobody. */
export function ioUringDisabled(): number | null {
  try {
    return Number(readFileSync("/proc/sys/kernel/io_uring_disabled", "utf8"));
  } catch {
    return null;
  }
}

/** A ring that cannot be made, in words. */
export function ringRefused(error: DriverError): UserError {
  const disabled = ioUringDisabled();
  if (disabled !== null && disabled > 0) {
    return new UserError(
      `io_uring is disabled on this system: kernel.io_uring_disabled = ${disabled}`,
      disabled === 1
        ? "Run as root or as a member of kernel.io_uring_group, or: sysctl kernel.io_uring_disabled=0"
        : "Allow it with: sysctl kernel.io_uring_disabled=0",
    );
  }
  if (error.code === "ENOMEM") {
    return new UserError(
      "io_uring cannot lock the memory of its ring (RLIMIT_MEMLOCK)",
      "Raise the limit with ulimit -l unlimited, or run as root.",
    );
  }
  return new UserError(
    `io_uring is not available: ${error.message}`,
    error.code === "ENOSYS"
      ? "This kernel has no io_uring; 5.10 or newer is needed."
      : "A container's seccomp profile may forbid it: allow io_uring_setup, io_uring_enter and io_uring_register.",
  );
}
