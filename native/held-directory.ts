import { closeSync, constants, openSync } from "node:fs";
import type { Driver } from "./index.js";

// A process holds what it made by a lock on the directory. Unlike a pid, the lock means the same in every PID
// namespace, ends with the process, and is never used again.

const FLAGS = constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Returns the descriptor that holds the directory until it is closed. */
export function holdDirectory(driver: Driver, path: string): number {
  const directory = openSync(path, FLAGS);
  lockIfPossible(driver, directory);
  return directory;
}

/** Holds a directory that is open already, where its filesystem has locks. */
export function lockIfPossible(driver: Driver, directory: number): void {
  try {
    driver.lockFile(directory, "shared");
  } catch {
    // Without a lock nobody can see that it is held: `isAbandoned` then does not know either.
  }
}

/** Whether nobody holds the directory. false where this cannot be found out. */
export function isAbandoned(driver: Driver, path: string): boolean {
  try {
    const directory = openSync(path, FLAGS);
    try {
      return driver.lockFile(directory, "exclusive");
    } finally {
      closeSync(directory);
    }
  } catch {
    return false;
  }
}
