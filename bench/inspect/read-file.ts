import { type Stats, statSync } from "node:fs";
import type { CachedPages, Driver, DriverError, Extent } from "../../native/index.js";
import { UsageError, UserError } from "../../terminal/errors.js";
import type { Region } from "./regions.js";

/** Of a regular file or a block device. Throws a UsageError for anything else. */
export function statsOf(file: string): Stats {
  try {
    const stats = statSync(file);
    if (stats.isFile() || stats.isBlockDevice()) return stats;
    throw new UsageError(
      `${file} is ${stats.isDirectory() ? "a directory" : "no regular file and no block device"}`,
      "Name a file; `puntbench probe DIR` asks about a directory.",
    );
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof UsageError) throw error;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new UsageError(`${file} does not exist`, "Check the path.");
    }
    throw new UserError(`${file} cannot be read: ${message}`, "Run as its owner or as root.");
  }
}

/** null where the filesystem has no FIEMAP; `unknown` then says so. */
export function extentsOf(driver: Driver, path: string, unknown: string[]): Extent[] | null {
  try {
    return driver.extents(path);
  } catch (error) {
    const { code, syscall, message } = error as DriverError;
    if (syscall === "open") {
      throw new UserError(`${path} cannot be read: ${message}`, "Run as its owner or as root.");
    }
    unknown.push(`extents: this filesystem does not tell (${syscall}: ${code})`);
    return null;
  }
}

/** null where the kernel does not tell; `unknown` then says so. */
export function cachedPages(
  driver: Driver,
  path: string,
  regions: readonly Pick<Region, "startBytes" | "endBytes">[],
  unknown: string[],
): CachedPages | null {
  const ranges = regions.map(({ startBytes, endBytes }) => ({
    offsetBytes: startBytes,
    lengthBytes: endBytes === null ? 0 : endBytes - startBytes,
  }));
  try {
    return driver.cachedPages(path, ranges);
  } catch (error) {
    const { code, syscall } = error as DriverError;
    unknown.push(
      `page cache: ${syscall}: ${code}` +
        (code === "EPERM" ? "; only the owner of a file, or who may write to it, is told" : ""),
    );
    return null;
  }
}
