import { access } from "node:fs/promises";
import { basename } from "node:path";
import { UsageError, UserError } from "../../../terminal/errors.js";
import type { LabCache } from "../host/cache.js";
import { storedKernels, storeKernel } from "../packages/kernel-store.js";
import { knownPackages } from "../packages/known-packages.js";
import { type Flavour, resolveKernel, seriesOf } from "../packages/resolve.js";

/** A kernel that the lab can boot. */
export interface Target {
  /** What charts group by. */
  label: string;
  release: string;
  /** What qemu starts. */
  kernel: string;
  /** The folder with `modules.dep`. */
  modules: string;
  packageName: string;
  packageVersion: string;
}

export interface TargetOptions {
  flavour: Flavour;
  mirror: string | null;
  say: (text: string) => void;
  warn: (text: string) => void;
  signal: AbortSignal;
}

/** Kernels by version, fetched when they are not in the cache. */
export async function targetsByVersion(
  cache: LabCache,
  requests: readonly string[],
  options: TargetOptions,
): Promise<Target[]> {
  const targets: Target[] = [];
  for (const request of requests) targets.push(await targetByVersion(cache, request, options));
  return targets;
}

async function targetByVersion(
  cache: LabCache,
  request: string,
  options: TargetOptions,
): Promise<Target> {
  try {
    const { mirror, say, signal } = options;
    const known = await knownPackages(cache, { mirror, refresh: false, say, signal });
    for (const warning of known.warnings) options.warn(warning);
    const kernel = resolveKernel(known.packages, request, options.flavour);
    return fromStored(request, await storeKernel(cache, kernel, say, signal));
  } catch (error) {
    // Without a network, a kernel that is already here will do.
    const cached = error instanceof UserError ? await inCache(cache, request, options) : null;
    if (!cached) throw error;
    options.warn(
      `${(error as UserError).message.split("\n")[0]}; using ${cached.packageVersion} from the cache`,
    );
    return cached;
  }
}

async function inCache(
  cache: LabCache,
  request: string,
  options: TargetOptions,
): Promise<Target | null> {
  const kernels = (await storedKernels(cache)).filter(
    (kernel) =>
      kernel.flavour === options.flavour &&
      [
        kernel.version,
        kernel.release,
        kernel.version.split("-")[0],
        seriesOf(kernel.version),
      ].includes(request),
  );
  const newest = kernels.at(-1);
  return newest ? fromStored(request, newest) : null;
}

type Stored = Awaited<ReturnType<typeof storeKernel>>;

function fromStored(label: string, kernel: Stored): Target {
  const { release, bootFile, modules, packageName, version } = kernel;
  return { label, release, kernel: bootFile, modules, packageName, packageVersion: version };
}

/** A kernel by its files, from a distribution or self-built. */
export async function targetByFile(
  image: string,
  modules: string,
  label: string | null,
): Promise<Target> {
  for (const path of [image, modules]) {
    await access(path).catch(() => {
      throw new UsageError(`${path}: no such file or folder`, "See --kernel-image and --modules.");
    });
  }
  const release = basename(modules.replace(/\/+$/, ""));
  return {
    label: label ?? release,
    release,
    kernel: image,
    modules,
    packageName: image,
    packageVersion: "",
  };
}
