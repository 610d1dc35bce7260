import { rm } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../terminal/errors.js";
import { formatBytes } from "../../terminal/units.js";
import { labCache } from "./host/cache.js";
import { folderSizeBytes } from "./host/folder-size.js";
import { abandonedFolders, folderName, storedKernels } from "./packages/kernel-store.js";
import { isNamedBy } from "./packages/resolve.js";

/** `puntbench lab clean`: removes the named kernels, or everything that the lab keeps. */
export async function clean(requests: readonly string[]): Promise<void> {
  const cache = labCache();
  const beforeBytes = await folderSizeBytes(cache.root);
  if (requests.length === 0) {
    const { apt, packageIndex, downloads, kernels, payloads, accelerator } = cache;
    await removeAll([apt, packageIndex, downloads, kernels, payloads, accelerator]);
  } else {
    await removeAll([...(await foldersOf(requests)), ...abandonedFolders(cache)]);
  }
  const freedBytes = beforeBytes - (await folderSizeBytes(cache.root));
  process.stdout.write(`${cache.root}: ${formatBytes(Math.max(0, freedBytes))} freed\n`);
}

async function removeAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { recursive: true, force: true });
}

async function foldersOf(requests: readonly string[]): Promise<string[]> {
  const cache = labCache();
  const stored = await storedKernels(cache);
  return requests.flatMap((request) => {
    const found = stored.filter((kernel) => isNamedBy(kernel, request));
    if (found.length === 0) {
      const known = [...new Set(stored.map((kernel) => kernel.series))].join(", ") || "nothing";
      throw new UsageError(`kernel ${request} is not in the cache`, `In it: ${known}.`);
    }
    return found.map(({ release, version }) => join(cache.kernels, folderName(release, version)));
  });
}
