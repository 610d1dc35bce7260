import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../terminal/errors.js";
import { makeFolders } from "../../../terminal/make-folders.js";
import type { LabCache } from "../host/cache.js";
import { HALF_MADE } from "../host/cache-lock.js";
import type { LabContext } from "../host/context.js";
import { keepInUse, removeUnlessInUse } from "../host/lock.js";
import { runOrFail } from "../host/process.js";
import { requireProgram } from "../host/programs.js";
import { contentHash } from "./content-hash.js";
import { compareVersions } from "./debian-version.js";
import { downloadPackage } from "./download.js";
import type { DebianKernel } from "./resolve.js";
import { confirmSigned } from "./signed-index.js";
import { writeUncompressedKernel } from "./uncompressed-kernel.js";

/** What the cache knows of a kernel. It is written last, so that its presence means "complete". */
export interface KernelManifest extends Omit<DebianKernel, "packages"> {
  /** Name of the package that holds the kernel itself. */
  packageName: string;
  /** The signed package files that it was unpacked from. */
  packageFiles: { name: string; sha256: string }[];
  /** Of all its files, see `contentHash`. */
  contentSha256: string;
  /** Bytes downloaded for it. */
  downloadBytes: number;
}

/** A kernel on disk, ready to boot. */
export interface StoredKernel extends KernelManifest {
  folder: string;
  vmlinuz: string;
  /** What qemu starts: the uncompressed kernel where there is one, else `vmlinuz`. */
  bootFile: string;
  /** The folder with `modules.dep` and `kernel/`. */
  modules: string;
}

const UNPACK_TIMEOUT_MS = 5 * 60_000;

/**
 * The kernel from the cache, or downloaded, verified and unpacked into it. Nothing is installed. Call it under the
 * cache's lock; the kernel stays in the cache until this process ends.
 */
export async function storeKernel(
  context: LabContext,
  kernel: DebianKernel,
): Promise<StoredKernel> {
  const { cache, progress, signal } = context;
  const folder = join(cache.kernels, folderName(kernel.release, kernel.version));
  const cached = await readStored(folder);
  if (cached) {
    keepInUse(folder);
    return cached;
  }
  if (!removeUnlessInUse(folder)) {
    throw new UserError(
      `${folder} is damaged, and another lab has it in use`,
      "Wait until that lab has ended, then run this command again.",
    );
  }
  await confirmSigned(context, kernel.packages);
  const files: string[] = [];
  for (const file of kernel.packages) files.push(await downloadPackage(context, file));
  progress.step(`unpacking ${kernel.release}`);
  makeFolders(cache.kernels);
  const unpacking = await mkdtemp(join(cache.kernels, HALF_MADE));
  try {
    await unpack(files, unpacking, kernel, signal);
    await rename(unpacking, folder);
  } finally {
    await rm(unpacking, { recursive: true, force: true });
  }
  for (const file of files) await rm(file, { force: true });
  const stored = await readStored(folder);
  if (!stored) throw new Error(`${folder}: unpacked, but not readable`);
  keepInUse(folder);
  return stored;
}

async function unpack(
  files: readonly string[],
  folder: string,
  kernel: DebianKernel,
  signal: AbortSignal,
): Promise<void> {
  const remedy = "Run `puntbench lab clean` and try again; the disk may be full.";
  const options = { timeoutMs: UNPACK_TIMEOUT_MS, signal, remedy };
  const { release } = kernel;
  for (const file of files) {
    const args = ["--extract", file, folder];
    await runOrFail("dpkg-deb", args, { ...options, package: "dpkg", doing: "unpacking" });
  }
  // Newer packages use /usr/lib and put the kernel beside its modules.
  if (!existsSync(join(folder, "lib"))) {
    await rename(join(folder, "usr", "lib"), join(folder, "lib"));
  }
  await rm(join(folder, "usr"), { recursive: true, force: true });
  const doing = `listing the modules of ${release}`;
  const depmod = requireProgram("depmod", "kmod");
  await runOrFail(depmod, ["-b", folder, release], { ...options, package: "kmod", doing });
  const vmlinuz = vmlinuzIn(folder, release);
  if (!vmlinuz) throw new UserError(`${release}: its packages hold no vmlinuz`, remedy);
  const configuration = await configurationIn(folder, release);
  await writeUncompressedKernel(vmlinuz, configuration, join(folder, "vmlinux"));
  const { packages, ...description } = kernel;
  const manifest: KernelManifest = {
    ...description,
    packageName: packages[0]?.name ?? release,
    packageFiles: packages.map(({ name, sha256 }) => ({ name, sha256 })),
    contentSha256: await contentHash(folder),
    downloadBytes: packages.reduce((sum, file) => sum + file.sizeBytes, 0),
  };
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest, null, 2));
}

/** The kernel in `folder`, or null when it is not there, not complete, or was changed. */
export async function readStored(folder: string): Promise<StoredKernel | null> {
  try {
    const text = await readFile(join(folder, "manifest.json"), "utf8");
    const manifest = JSON.parse(text) as KernelManifest;
    const vmlinuz = vmlinuzIn(folder, manifest.release);
    if (!vmlinuz || (await contentHash(folder)) !== manifest.contentSha256) return null;
    const uncompressed = join(folder, "vmlinux");
    return {
      ...manifest,
      folder,
      vmlinuz,
      bootFile: existsSync(uncompressed) ? uncompressed : vmlinuz,
      modules: join(folder, "lib", "modules", manifest.release),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || error instanceof SyntaxError)
      return null;
    throw error;
  }
}

/** All kernels in the cache, oldest first. */
export async function storedKernels(cache: LabCache): Promise<StoredKernel[]> {
  const names = await readdir(cache.kernels).catch(() => [] as string[]);
  const found = await Promise.all(
    names
      .filter((name) => !name.startsWith("."))
      .map((name) => readStored(join(cache.kernels, name))),
  );
  return found
    .filter((kernel) => kernel !== null)
    .sort((a, b) => compareVersions(a.version, b.version));
}

function folderName(release: string, version: string): string {
  return `${release}_${version}`.replace(/[/:]/g, "-");
}

function vmlinuzIn(root: string, release: string): string | null {
  const candidates = [
    join(root, "boot", `vmlinuz-${release}`),
    join(root, "lib", "modules", release, "vmlinuz"),
    join(root, "lib", "modules", release, "vmlinuz.unsigned"),
  ];
  return candidates.find((path) => existsSync(path)) ?? null;
}

async function configurationIn(root: string, release: string): Promise<string> {
  const split = join(root, "lib", "modules", release, "config");
  return readFile(existsSync(split) ? split : join(root, "boot", `config-${release}`), "utf8");
}
