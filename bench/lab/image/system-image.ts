import { createHash } from "node:crypto";
import { realpathSync, statSync } from "node:fs";
import { chmod, copyFile, mkdtemp, rename, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../../terminal/errors.js";
import { fileHash } from "../../../terminal/file-hash.js";
import { findProgram } from "../../../terminal/find-program.js";
import { makeFolders } from "../../../terminal/make-folders.js";
import { HALF_MADE } from "../host/cache-lock.js";
import type { LabContext } from "../host/context.js";
import { keepInUse, removeUnlessInUse } from "../host/lock.js";
import { namesIn } from "../host/names-in.js";
import { runOrFail } from "../host/process.js";
import { requireProgram, requireStaticBusybox, sharedLibraries } from "../host/programs.js";
import { GUEST } from "./job.js";

const BUILD_TIMEOUT_MS = 3 * 60_000;
const QUICK_TIMEOUT_MS = 20_000;

/** Programs that guests use when the host has them: filesystems for `null_blk`, state of files. */
const OPTIONAL_PROGRAMS =
  "mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.f2fs filefrag lsattr chattr xfs_io".split(" ");

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
  const prefix = `system-${sourcesKey(files)}-`;
  const cached = await intactImage(cache.payloads, prefix);
  if (cached !== null) return cached;
  progress.step("building the guests' system image");
  makeFolders(cache.payloads);
  const staging = await mkdtemp(join(cache.payloads, HALF_MADE));
  try {
    await stage(join(staging, "root"), files, busybox);
    await makeImage(join(staging, "root"), join(staging, "image"), files);
    // qemu runs as another user, and only reads it.
    await chmod(join(staging, "image"), 0o644);
    const name = `${prefix}${await fileHash(join(staging, "image"))}.ext4`;
    const image = join(cache.payloads, name);
    await rename(join(staging, "image"), image);
    keepInUse(image);
    return image;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** The image in the cache, whose name holds the SHA-256 of its bytes; null when there is none. Removes a damaged one. */
export async function intactImage(folder: string, prefix: string): Promise<string | null> {
  const name = namesIn(folder).find((found) => found.startsWith(prefix));
  if (name === undefined) return null;
  const image = join(folder, name);
  if (name === `${prefix}${await fileHash(image)}.ext4`) {
    keepInUse(image);
    return image;
  }
  if (removeUnlessInUse(image)) return null;
  throw new UserError(
    `${image} is damaged, and another lab has it in use`,
    "Wait until that lab has ended, then run this command again.",
  );
}

async function stage(root: string, files: readonly string[], busybox: string): Promise<void> {
  for (const folder of [...MOUNT_POINTS, "bin", "etc"]) makeFolders(join(root, folder));
  for (const file of files) {
    makeFolders(join(root, dirname(file)));
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
function sourcesKey(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}
