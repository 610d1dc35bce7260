import { basename, join } from "node:path";
import { UsageError, UserError } from "../../terminal/errors.js";
import { formatBytes } from "../../terminal/units.js";
import type { LabCache } from "./host/cache.js";
import { changingCache } from "./host/cache-lock.js";
import { withLabContext } from "./host/context.js";
import { folderSizeBytes } from "./host/folder-size.js";
import { removeUnlessInUse } from "./host/lock.js";
import { namesIn } from "./host/names-in.js";
import { storedKernels } from "./packages/kernel-store.js";
import { isNamedBy } from "./packages/resolve.js";

/**
 * `puntbench lab clean`: removes the named kernels, or everything that the lab keeps. What a lab has in use stays, and
 * is named.
 */
export async function clean(requests: readonly string[]): Promise<void> {
  await withLabContext(async (context) => {
    const { cache, progress } = context;
    const beforeBytes = await folderSizeBytes(cache.root);
    const kept = await changingCache(context, async () => {
      const paths = requests.length === 0 ? everythingIn(cache) : await foldersOf(cache, requests);
      return paths.filter((path) => !removeUnlessInUse(path));
    });
    progress.done();
    const freedBytes = beforeBytes - (await folderSizeBytes(cache.root));
    process.stdout.write(`${cache.root}: ${formatBytes(Math.max(0, freedBytes))} freed\n`);
    if (kept.length === 0) return;
    throw new UserError(
      `a lab has in use, so it was kept: ${kept.map((path) => basename(path)).join(", ")}`,
      "Run the same command again when that lab has ended.",
    );
  });
}

/** Folders that many labs share are cleaned entry by entry. The rest is used only under the cache's lock. */
function everythingIn(cache: LabCache): string[] {
  const shared = [cache.runs, cache.kernels, cache.payloads].flatMap((folder) =>
    namesIn(folder).map((name) => join(folder, name)),
  );
  const kept = [cache.lock, cache.runs, cache.kernels, cache.payloads];
  const others = namesIn(cache.root).map((name) => join(cache.root, name));
  return [...shared, ...others.filter((path) => !kept.includes(path))];
}

async function foldersOf(cache: LabCache, requests: readonly string[]): Promise<string[]> {
  const stored = await storedKernels(cache);
  return requests.flatMap((request) => {
    const found = stored.filter((kernel) => isNamedBy(kernel, request));
    if (found.length === 0) {
      const known = [...new Set(stored.map((kernel) => kernel.series))].join(", ") || "nothing";
      throw new UsageError(`kernel ${request} is not in the cache`, `In it: ${known}.`);
    }
    return found.map(({ folder }) => folder);
  });
}
