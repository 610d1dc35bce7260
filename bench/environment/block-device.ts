import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Mount } from "./mount.js";
import { readText } from "./read.js";

/**
 * "major:minor" of the block device below a filesystem. btrfs shows an anonymous number in mountinfo; then
 * this is the device of the mount's source. null where there is no block device.
 */
export function blockDeviceOf(mount: Mount): string | null {
  if (!mount.device.startsWith("0:")) return mount.device;
  if (!mount.source.startsWith("/")) return null;
  try {
    const { rdev } = statSync(mount.source);
    return rdev === 0 ? null : majorMinor(rdev);
  } catch {
    return null;
  }
}

/** "major:minor" of glibc's dev_t, up to 12 bits of major. */
export function majorMinor(rdev: number): string {
  return `${(rdev >> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >> 12) & 0xfff00)}`;
}

export interface StackedDevice {
  name: string;
  kind: "disk" | "loop" | "dm" | "md" | "ram";
  /** What made a dm device ("CRYPT", "LVM", "LVM-tpool" for a thin pool), or the file that a loop device shows; else null. */
  detail: string | null;
  /** What one request can hold: max_sectors_kb in bytes, and max_segments; null where sysfs does not show it. */
  requestLimits?: { bytes: number; segments: number } | null;
}

/** The block devices below a filesystem, topmost first, as far as sysfs shows them. */
export function deviceStack(number: string | null): StackedDevice[] {
  const link = `/sys/dev/block/${number}`;
  if (number === null || !existsSync(link)) return [];
  return below(realpathSync(link), 0);
}

function below(folder: string, depth: number): StackedDevice[] {
  const name = basename(folder);
  const slaves = join(folder, "slaves");
  const requestLimits = requestLimitsOf(folder);
  const own = { name, kind: kindOf(name), detail: detailOf(folder), requestLimits };
  // No real stack is deeper. The limit ends the recursion if sysfs has a cycle.
  if (depth > 8 || !existsSync(slaves)) return [own];
  const lower = readdirSync(slaves).flatMap((slave) =>
    below(realpathSync(join(slaves, slave)), depth + 1),
  );
  return [own, ...lower];
}

function requestLimitsOf(folder: string): { bytes: number; segments: number } | null {
  // A partition has no queue: its disk, one folder up, has it.
  const queue = [join(folder, "queue"), join(folder, "..", "queue")].find((path) =>
    existsSync(path),
  );
  if (queue === undefined) return null;
  const limit = (name: string) => Number(readText(join(queue, name)) ?? Number.NaN);
  const [kib, segments] = [limit("max_sectors_kb"), limit("max_segments")];
  return kib > 0 && segments > 0 ? { bytes: kib * 1024, segments } : null;
}

function kindOf(name: string): StackedDevice["kind"] {
  if (/^loop\d/.test(name)) return "loop";
  if (/^dm-\d/.test(name)) return "dm";
  if (/^md/.test(name)) return "md";
  return /^(z?ram|pmem)\d/.test(name) ? "ram" : "disk";
}

function detailOf(folder: string): string | null {
  return (
    readText(join(folder, "loop/backing_file")) ?? dmMaker(readText(join(folder, "dm/uuid")) ?? "")
  );
}

/** The uuids of LVM are "LVM-<id>" or "LVM-<id>-<role>"; others begin with the name of their maker. */
function dmMaker(uuid: string): string | null {
  const [maker, , role] = uuid.split("-");
  if (!maker) return null;
  return maker === "LVM" && role ? `LVM-${role}` : maker;
}
