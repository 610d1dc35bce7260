import { closeSync, constants, existsSync, lstatSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loadDriver } from "../../../native/index.js";

const { O_CREAT, O_NOFOLLOW, O_RDWR } = constants;

/**
 * Takes a lock on a file, which is made when it is not there, or on a folder by the file `lock` in it. Returns what
 * releases it; null when another process holds it. The kernel releases it when the process ends, also by SIGKILL and
 * in whatever PID namespace: so a lock says who is alive, and a process number does not.
 */
export function tryLock(path: string, kind: "exclusive" | "shared"): (() => void) | null {
  const folder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const file = folder ? join(path, "lock") : path;
  const descriptor = openSync(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  try {
    if (loadDriver().lockFile(descriptor, kind)) return () => closeSync(descriptor);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  closeSync(descriptor);
  return null;
}

const inUse = new Map<string, () => void>();

/** Keeps what lies at `path` from being removed by another lab until this process ends. Call it under the cache's lock. */
export function keepInUse(path: string): void {
  if (inUse.has(path)) return;
  const release = tryLock(path, "shared");
  if (release === null) throw new Error(`${path}: another process is about to remove it`);
  inUse.set(path, release);
}

/** Removes a file or folder; false when a process has it in use. Call it under the cache's lock. */
export function removeUnlessInUse(path: string): boolean {
  if (!existsSync(path)) return true;
  const release = tryLock(path, "exclusive");
  if (release === null) return false;
  rmSync(path, { recursive: true, force: true });
  release();
  return true;
}
