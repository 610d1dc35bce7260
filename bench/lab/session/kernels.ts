import { access } from "node:fs/promises";
import { basename } from "node:path";
import { UsageError, UserError } from "../../../terminal/errors.js";
import { changingCache } from "../host/cache-lock.js";
import type { LabContext } from "../host/context.js";
import { keepInUse } from "../host/lock.js";
import { type StoredKernel, storedKernels, storeKernel } from "../packages/kernel-store.js";
import { knownPackages } from "../packages/known-packages.js";
import { type Flavour, isNamedBy, resolveKernel } from "../packages/resolve.js";

/** A kernel that the lab can boot. */
export interface LabKernel {
  /** The name that charts group by. */
  label: string;
  release: string;
  /** The file that qemu boots. */
  image: string;
  /** The folder with `modules.dep`. */
  modules: string;
  packageName: string;
  packageVersion: string;
}

export interface KernelSource {
  flavour: Flavour;
  /** null: the mirror of the host's apt. */
  mirror: string | null;
}

/** Kernels by version, fetched when they are not in the cache. `label=version` names a version otherwise. */
export async function kernelsByVersion(
  context: LabContext,
  requests: readonly string[],
  source: KernelSource,
): Promise<LabKernel[]> {
  const kernels: LabKernel[] = [];
  for (const request of requests) {
    kernels.push(await changingCache(context, () => kernelByVersion(context, request, source)));
  }
  return kernels;
}

async function kernelByVersion(
  context: LabContext,
  named: string,
  { flavour, mirror }: KernelSource,
): Promise<LabKernel> {
  const [label = named, request = named] = named.split("=", 2);
  try {
    const { packages } = await knownPackages(context, { mirror, refresh: false });
    const kernel = resolveKernel(packages, request, flavour);
    return fromStored(label, await storeKernel(context, kernel));
  } catch (error) {
    // Without a network, a kernel that is already here will do.
    const newest = (await storedKernels(context.cache))
      .filter((kernel) => kernel.flavour === flavour && isNamedBy(kernel, request))
      .at(-1);
    if (!(error instanceof UserError) || !newest) throw error;
    context.progress.milestone(
      `warning: ${error.message.split("\n")[0]}; using ${newest.version} from the cache`,
    );
    keepInUse(newest.folder);
    return fromStored(label, newest);
  }
}

function fromStored(label: string, kernel: StoredKernel): LabKernel {
  const { release, bootFile, modules, packageName, version } = kernel;
  return { label, release, image: bootFile, modules, packageName, packageVersion: version };
}

/** A kernel by its files, from a distribution or built by the user. */
export interface KernelFile {
  image: string;
  modules: string;
  /** null: the release. */
  label: string | null;
}

export async function kernelByFile({ image, modules, label }: KernelFile): Promise<LabKernel> {
  for (const path of [image, modules]) {
    await access(path).catch(() => {
      throw new UsageError(`${path}: no such file or folder`, "See --kernel-image and --modules.");
    });
  }
  const release = basename(modules);
  return {
    label: label ?? release,
    release,
    image,
    modules,
    packageName: image,
    packageVersion: "",
  };
}
