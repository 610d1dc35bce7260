import { rmSync } from "node:fs";
import { mkdtemp, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../terminal/errors.js";
import { makeFolders } from "../../../terminal/make-folders.js";
import { formatBytes } from "../../../terminal/units.js";
import type { LabCache } from "../host/cache.js";
import { tryLock } from "../host/lock.js";
import { runOrFail } from "../host/process.js";
import { requireProgram } from "../host/programs.js";
import type { FilesystemChoice } from "../image/job.js";
import { makeFilesystem } from "../image/make-filesystem.js";

const ALLOCATE_TIMEOUT_MS = 60_000;
const MKFS_TIMEOUT_MS = 60_000;
/** A slow disk writes 20 MB/s. */
const SLOWEST_BYTES_PER_MS = 20_000;

/**
 * A folder for the files of one lab session; it is removed however the session ends. Its lock says that the session
 * lives. Call it under the cache's lock.
 */
export async function openWorkspace(cache: LabCache): Promise<{ path: string; remove(): void }> {
  makeFolders(cache.runs, 0o700);
  const path = await mkdtemp(join(cache.runs, `run-${process.pid}-`));
  const release = tryLock(path, "exclusive");
  const remove = () => {
    rmSync(path, { recursive: true, force: true });
    release?.();
  };
  process.on("exit", remove);
  return {
    path,
    remove: () => {
      process.off("exit", remove);
      remove();
    },
  };
}

/**
 * Makes a disk image with all its blocks allocated, once for a session. With `written`, which takes
 * seconds, every block is written too. Then no write of a guest waits for the host to allocate blocks,
 * which matters where times count.
 */
export async function allocateDisk(
  path: string,
  sizeBytes: number,
  written: boolean,
): Promise<void> {
  const present = await stat(path).catch(() => null);
  if (present?.size === sizeBytes) return;
  const space = await statfs(join(path, ".."));
  const freeBytes = space.bavail * space.bsize;
  if (freeBytes < sizeBytes * 1.1) {
    throw new UserError(
      `the scratch disk needs ${formatBytes(sizeBytes)}; the cache's disk has ${formatBytes(freeBytes)} free`,
      "Free some space, set XDG_CACHE_HOME to another disk, or make it smaller: --disk 512M.",
    );
  }
  const remedy = "Set XDG_CACHE_HOME to a folder on ext4, XFS or btrfs.";
  const timeoutMs = ALLOCATE_TIMEOUT_MS + Math.ceil(sizeBytes / SLOWEST_BYTES_PER_MS);
  const options = { timeoutMs, doing: "allocating the scratch disk", remedy };
  if (written) {
    const args = ["if=/dev/zero", `of=${path}`, "bs=4M", "iflag=count_bytes", `count=${sizeBytes}`];
    await runOrFail("dd", args, { ...options, package: "coreutils" });
  } else {
    const args = ["--length", String(sizeBytes), path];
    await runOrFail("fallocate", args, { ...options, package: "util-linux" });
  }
}

/** Makes a new, empty filesystem on an image, without discarding its blocks; nothing where the guest needs none. */
export async function formatDisk(
  image: string,
  filesystem: FilesystemChoice,
  signal: AbortSignal,
): Promise<void> {
  const tool = makeFilesystem(filesystem, image);
  if (tool === null) return;
  await runOrFail(requireProgram(tool.program, tool.package), tool.args, {
    timeoutMs: MKFS_TIMEOUT_MS,
    signal,
    package: tool.package,
    doing: `making ${filesystem} on the scratch disk`,
    remedy: "A larger disk may help: --disk 1G.",
  });
}
