import { existsSync, readdirSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, open, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../terminal/errors.js";
import { findProgram } from "../../../terminal/find-program.js";
import { formatBytes } from "../../../terminal/units.js";
import type { LabCache } from "../host/cache.js";
import { missingProgram, runOrFail } from "../host/process.js";
import type { FilesystemChoice } from "../image/job.js";
import { makeFilesystem } from "../image/make-filesystem.js";

const FOLDER = /^run-(\d+)-/;
const ALLOCATE_TIMEOUT_MS = 60_000;
const MKFS_TIMEOUT_MS = 60_000;
const CHUNK = Buffer.alloc(4 * 2 ** 20);

/** A folder for the files of one lab session; it is removed however the session ends. */
export async function openWorkspace(cache: LabCache): Promise<{ path: string; remove(): void }> {
  await mkdir(cache.root, { recursive: true });
  removeAbandoned(cache.root);
  const path = await mkdtemp(join(cache.root, `run-${process.pid}-`));
  const remove = () => rmSync(path, { recursive: true, force: true });
  process.on("exit", remove);
  return {
    path,
    remove: () => {
      process.off("exit", remove);
      remove();
    },
  };
}

/** Folders of sessions that were killed before they could clean up. */
function removeAbandoned(root: string): void {
  for (const name of readdirSync(root)) {
    const pid = FOLDER.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) {
      rmSync(join(root, name), { recursive: true, force: true });
    }
  }
}

/**
 * Makes a disk image with all its blocks allocated, once for a session. With `written`, which takes
 * seconds, every block is written too: then no write of a guest pays for the host's allocation, which
 * matters where times count.
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
  if (!written) {
    await runOrFail("fallocate", ["--length", String(sizeBytes), path], {
      timeoutMs: ALLOCATE_TIMEOUT_MS,
      package: "util-linux",
      doing: "allocating the scratch disk",
      remedy: "Set XDG_CACHE_HOME to a folder on ext4, XFS or btrfs.",
    });
    return;
  }
  const file = await open(path, "w");
  try {
    for (let at = 0; at < sizeBytes; at += CHUNK.length) {
      await file.write(CHUNK, 0, Math.min(CHUNK.length, sizeBytes - at), at);
    }
  } finally {
    await file.close();
  }
}

/** Makes a new, empty filesystem on an image, without discarding its blocks. */
export async function formatDisk(
  image: string,
  filesystem: FilesystemChoice,
  signal: AbortSignal,
): Promise<void> {
  const tool = makeFilesystem(filesystem, image);
  const program = findProgram(tool.program);
  if (program === null) throw missingProgram(tool.program, tool.package);
  await runOrFail(program, tool.args, {
    timeoutMs: MKFS_TIMEOUT_MS,
    signal,
    package: tool.package,
    doing: `making ${filesystem} on the scratch disk`,
    remedy: "A larger disk may help: --disk 1G.",
  });
}
