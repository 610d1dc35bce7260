import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import {
  copyFile,
  mkdir,
  mkdtemp,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { findProgram } from "../../../terminal/find-program.js";
import type { LabCache } from "../host/cache.js";
import { run, runOrFail } from "../host/process.js";
import { requireProgram, requireStaticBusybox } from "../host/programs.js";
import { GUEST } from "./job.js";
import { resolved, sharedLibraries } from "./shared-libraries.js";

const BUILD_TIMEOUT_MS = 3 * 60_000;
const QUICK_TIMEOUT_MS = 20_000;

/** Programs that guests use when the host has them: filesystems for `null_blk`, file state. */
const OPTIONAL_PROGRAMS = [
  ...["mkfs.ext4", "mkfs.xfs", "mkfs.btrfs"],
  ...["filefrag", "lsattr", "chattr", "xfs_io"],
];

/** Folders that the guest mounts something on. */
const MOUNT_POINTS = [
  ...["proc", "sys", "dev", "tmp", "bin", "etc"],
  ...[GUEST.scratch, GUEST.output, GUEST.puntbench].map((path) => path.slice(1)),
];

/**
 * A read-only disk with the host's node, the libraries of it and of the addon, and a few tools: the
 * part of a guest that rarely changes, built once and kept in the cache. Paths are the host's own.
 * Throws a UserError when one of `programs`, each named as its Debian package, is missing here.
 */
export async function systemImage(
  cache: LabCache,
  addons: readonly string[],
  programs: readonly string[],
  say: (text: string) => void,
): Promise<string> {
  const node = await resolved(process.execPath);
  const busybox = requireStaticBusybox();
  const optional = OPTIONAL_PROGRAMS.map(findProgram).filter((path) => path !== null);
  const tools = [...optional, ...programs.map((name) => requireProgram(name, name))];
  const libraries = await sharedLibraries([node, ...tools, ...addons]);
  const files = [...new Set([node, ...tools, ...libraries])];
  const key = contentKey([...files, busybox]);
  const image = join(cache.payloads, `system-${key}.ext4`);
  if (existsSync(image)) return image;
  say("building the guests' system image");
  await mkdir(cache.payloads, { recursive: true });
  const staging = await mkdtemp(join(cache.payloads, ".building-"));
  try {
    await stage(join(staging, "root"), files, busybox);
    const sizeBytes = await imageOf(join(staging, "root"), join(staging, "image"), files);
    await truncate(join(staging, "image"), sizeBytes);
    await rename(join(staging, "image"), image);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return image;
}

async function stage(root: string, files: readonly string[], busybox: string): Promise<void> {
  for (const folder of MOUNT_POINTS) await mkdir(join(root, folder), { recursive: true });
  for (const file of files) {
    await mkdir(join(root, dirname(file)), { recursive: true });
    await copyFile(await resolved(file), join(root, file));
  }
  await copyFile(busybox, join(root, "bin", "busybox"));
  const applets = await run(busybox, ["--list"], {
    timeoutMs: QUICK_TIMEOUT_MS,
    package: "busybox-static",
  });
  for (const applet of applets.stdout.split("\n").filter((name) => /^[\w.-]+$/.test(name))) {
    const path = join(root, "bin", applet);
    if (!existsSync(path)) await symlink("busybox", path);
  }
  await writeFile(join(root, "etc", "passwd"), "root:x:0:0:root:/tmp:/bin/sh\n");
}

async function imageOf(root: string, image: string, files: readonly string[]): Promise<number> {
  const contentBytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const sizeBytes = Math.ceil((contentBytes * 1.15) / 2 ** 20 + 24) * 2 ** 20;
  await writeFile(image, "");
  await truncate(image, sizeBytes);
  await runOrFail(
    findProgram("mke2fs") ?? "mke2fs",
    [
      ...["-q", "-F", "-t", "ext4", "-m", "0", "-O", "^has_journal,^metadata_csum,^orphan_file"],
      ...["-E", "lazy_itable_init=0,root_owner=0:0", "-d", root, image],
    ],
    {
      timeoutMs: BUILD_TIMEOUT_MS,
      package: "e2fsprogs",
      doing: "building the guests' system image",
      remedy: "The cache's disk may be full: `puntbench lab clean` frees it.",
    },
  );
  return sizeBytes;
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
