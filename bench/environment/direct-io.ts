import { statfsSync } from "node:fs";
import type { DirectIoAlignment, Driver, DriverError } from "../../native/index.js";
import { UsageError, UserError } from "../../terminal/errors.js";
import { labDisk } from "./lab-disk.js";
import type { ScratchDirectory } from "./scratch.js";

/** Filesystems that accept O_DIRECT without writing to a device, by statfs magic (statfs(2)). */
const NOT_DIRECT: Record<number, string> = {
  16914836: "tmpfs", // 0x01021994; accepts O_DIRECT from Linux 6.6
  2240043254: "ramfs", // 0x858458f6
  16914839: "9p", // 0x01021997
};

/** The name of a filesystem that has no device to write to, though it may accept O_DIRECT; else null. */
export function withoutDevice(path: string): string | null {
  return NOT_DIRECT[statfsSync(path).type] ?? null;
}

/** The alignment that O_DIRECT needs here. Throws where the filesystem has no O_DIRECT. */
export function directIoAlignment(
  driver: Driver,
  scratch: ScratchDirectory,
  filesystemType: string,
): DirectIoAlignment {
  const known = labDisk() === null ? withoutDevice(scratch.path) : null;
  try {
    if (known === null) return driver.directIoAlignment(scratch.file("alignment"));
  } catch (error) {
    const { code, message } = error as DriverError;
    if (code !== "EINVAL" && code !== "EOPNOTSUPP") {
      throw new UserError(
        `${scratch.givenAs} cannot be written: ${message}`,
        "Free space, or name another.",
      );
    }
  }
  throw new UsageError(
    `${scratch.givenAs} is on ${known ?? filesystemType}, which cannot do O_DIRECT to a device`,
    `Name a directory on ext4, XFS or btrfs, for example ${scratch.givenAs === "--dir" ? "with --dir " : ""}/var/tmp.`,
  );
}

/** Throws where no size fits. Of several, the kernel is asked about each one that does not (`possibleScenarios`). */
export function checkBlockSizes(
  sizes: readonly number[],
  { offsetBytes }: DirectIoAlignment,
): void {
  if (sizes.some((size) => size % offsetBytes === 0)) return;
  throw new UsageError(
    `--block-size ${sizes[0]}: this filesystem writes O_DIRECT in multiples of ${offsetBytes} bytes`,
    `Choose a multiple of ${offsetBytes}.`,
  );
}
