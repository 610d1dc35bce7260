import { lstatSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../../terminal/errors.js";
import type { LabCache } from "./cache.js";
import { namesIn } from "./names-in.js";

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/**
 * Throws a UserError when another user could change what the cache holds, since the lab boots it and mounts it. The
 * folders of running sessions are left out: each is new, and guests' users own files in it.
 */
export function checkCacheTrust(cache: LabCache): void {
  for (const start of new Set([cache.root, realpathSync(cache.root)])) {
    for (let folder = dirname(start); ; folder = dirname(folder)) {
      checkAbove(folder, cache);
      if (folder === dirname(folder)) break;
    }
  }
  const { root, lock, apt, packageIndex, downloads, kernels, payloads, accelerator } = cache;
  checkOne(root, cache);
  for (const place of [lock, apt, packageIndex, downloads, kernels, payloads, accelerator]) {
    checkBelow(place, cache);
  }
}

/** Whoever may rename entries of a folder above could put another cache in place of this one. */
function checkAbove(folder: string, cache: LabCache): void {
  const { uid, mode } = statSync(folder);
  const sticky = (mode & STICKY) !== 0;
  if (uid !== 0 && uid !== process.geteuid?.()) refuse(folder, `belongs to user ${uid}`, cache);
  if ((mode & WRITABLE_BY_OTHERS) !== 0 && !sticky) refuse(folder, "others can write there", cache);
}

function checkBelow(path: string, cache: LabCache): void {
  if (checkOne(path, cache)) for (const name of namesIn(path)) checkBelow(join(path, name), cache);
}

/** Whether it is a folder. */
function checkOne(path: string, cache: LabCache): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return false;
  const link = found.isSymbolicLink();
  if (link && isPlace(path, cache)) refuse(path, "is a symbolic link", cache);
  if (found.uid !== process.geteuid?.()) refuse(path, `belongs to user ${found.uid}`, cache);
  // The mode of a link means nothing.
  if (!link && (found.mode & WRITABLE_BY_OTHERS) !== 0) {
    refuse(path, "others can write there", cache);
  }
  return found.isDirectory();
}

/** The cache itself and its entries. Unpacked packages hold links of their own. */
function isPlace(path: string, cache: LabCache): boolean {
  return path === cache.root || dirname(path) === cache.root;
}

function refuse(path: string, reason: string, cache: LabCache): never {
  throw new UserError(
    `${path}: ${reason}, and the lab boots what its cache holds`,
    path.startsWith(cache.root)
      ? "Remove it and let the lab fetch it anew, or set XDG_CACHE_HOME to a folder of your own."
      : "Set XDG_CACHE_HOME to a folder that only you can write, below folders that only you or root can write.",
  );
}
