import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../terminal/errors.js";
import { makeFolders } from "../../../terminal/make-folders.js";
import type { LabCache } from "./cache.js";
import { checkCacheTrust } from "./cache-trust.js";
import type { LabContext } from "./context.js";
import { removeUnlessInUse, tryLock } from "./lock.js";
import { namesIn } from "./names-in.js";

/** A slow download and the unpacking after it. */
const WAIT_MS_MAX = 30 * 60_000;
const ASK_EVERY_MS = 200;

/** What is being made has such a name until it is complete. Only the holder of the lock makes something. */
export const HALF_MADE = ".making-";

/**
 * Does work that changes the cache while no other lab changes it. First it removes what labs left that were killed:
 * nobody else can be making it now.
 */
export async function changingCache<Result>(
  context: Pick<LabContext, "cache" | "progress" | "signal">,
  work: () => Promise<Result>,
): Promise<Result> {
  const { cache, progress, signal } = context;
  makeFolders(cache.root, 0o700);
  checkCacheTrust(cache);
  const givesUpAtMs = Date.now() + WAIT_MS_MAX;
  let release = tryLock(cache.lock, "exclusive");
  while (release === null) {
    if (Date.now() > givesUpAtMs) {
      throw new UserError(
        `another lab has been changing ${cache.root} for half an hour`,
        "Wait for it, or use another cache: XDG_CACHE_HOME=DIRECTORY.",
      );
    }
    progress.step("waiting for another lab that changes the cache");
    await sleep(ASK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    release = tryLock(cache.lock, "exclusive");
  }
  try {
    sweep(cache);
    return await work();
  } finally {
    release();
  }
}

/** Removes half-made files and folders, and the folders of sessions that have ended. */
function sweep(cache: LabCache): void {
  for (const folder of [cache.root, cache.kernels, cache.payloads]) {
    for (const name of namesIn(folder).filter((name) => name.startsWith(HALF_MADE))) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
  for (const name of namesIn(cache.runs)) removeUnlessInUse(join(cache.runs, name));
}
