import { createHash } from "node:crypto";
import { existsSync, realpathSync, statSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findProgram } from "../../../terminal/find-program.js";
import { HALF_MADE } from "../host/cache-lock.js";
import type { LabContext } from "../host/context.js";
import { keepInUse } from "../host/lock.js";
import { runOrFail } from "../host/process.js";
import { requireProgram, requireStaticBusybox, sharedLibraries } from "../host/programs.js";
import { GUEST } from "./job.js";

const BUILD_TIMEOUT_MS = 3 * 60_000;
const QUICK_TIMEOUT_MS = 20_000;

/** Programs that guests use when the host has them: filesystems for `null_blk`, state of files. */
const OPTIONAL_PROGRAMS = "mkfs.ext4 mkfs.xfs mkfs.btrfs filefrag lsattr chattr xfs_io".split(" ");

/** Folders that the guest mounts something on. */
const MOUNT_POINTS = ["proc", "sys", "dev", "tmp", GUEST.scratch, GUEST.output, GUEST.puntbench];

/**
 * A read-only disk with the host's node, a few tools, and all their libraries: the part of a guest that
 * rarely changes. It is built once and kept in the cache. Paths in it are the host's.
 * Call it under the cache's lock. Throws a UserError when one of `programs`, each named as its Debian package, is missing here.
 */
export async function systemImage(
  { cache, progress }: LabContext,
  addons: readonly string[],
  programs: readonly string[],
): Promise<string> {
  const busybox = realpathSync(requireStaticBusybox());
  const optional = OPTIONAL_PROGRAMS.map(findProgram).filter((path) => path !== null);
  const asked = programs.map((name) => requireProgram(name, name));
  const executables = [realpathSync(process.execPath), ...optional, ...asked];
  const libraries = [...executables, ...addons].flatMap(sharedLibraries);
  const files = [...new Set([...executables, ...libraries, busybox])];
  const image = join(cache.payloads, `system-${contentKey(files)}.ext4`);
  if (existsSync(image)) {
    keepInUse(image);
    return image;
  }
  progress.step("building the guests' system image");
  await mkdir(cache.payloads, { recursive: true });
  const staging = await mkdtemp(join(cache.payloads, HALF_MADE));
  try {
    await stage(join(staging, "root"), files, busybox);
    await makeImage(join(staging, "root"), join(staging, "image"), files);
    // qemu runs as another user, and only reads it.
    await chmod(join(staging, "image"), 0o644);
    await rename(join(staging, "image"), image);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  keepInUse(image);
  return image;
}

async function stage(root: string, files: readonly string[], busybox: string): Promise<void> {
  for (const folder of [...MOUNT_POINTS, "bin", "etc"])
    await mkdir(join(root, folder), { recursive: true });
  for (const file of files) {
    await mkdir(join(root, dirname(file)), { recursive: true });
    await copyFile(file, join(root, file));
  }
  // Makes links to busybox's path on the host, which is its path in the image too.
  await runOrFail(busybox, ["--install", "-s", join(root, "bin")], {
    timeoutMs: QUICK_TIMEOUT_MS,
    package: "busybox-static",
    doing: "linking busybox's commands",
    remedy: "Install a static busybox: `apt-get install busybox-static`.",
  });
  await writeFile(join(root, "etc", "passwd"), "root:x:0:0:root:/tmp:/bin/sh\n");
}

async function makeImage(root: string, image: string, files: readonly string[]): Promise<void> {
  const contentBytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  await writeFile(image, "");
  await truncate(image, Math.ceil((contentBytes * 1.15) / 2 ** 20 + 24) * 2 ** 20);
  const features = "^has_journal,^metadata_csum,^orphan_file";
  const extended = "lazy_itable_init=0,root_owner=0:0";
  await runOrFail(
    requireProgram("mke2fs", "e2fsprogs"),
    ["-q", "-F", "-t", "ext4", "-m", "0", "-O", features, "-E", extended, "-d", root, image],
    {
      timeoutMs: BUILD_TIMEOUT_MS,
      package: "e2fsprogs",
      doing: "building the guests' system image",
      remedy: "The cache's disk may be full: `puntbench lab clean` frees it.",
    },
  );
}

/** Changes when one of the files does. */
function contentKey(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}
