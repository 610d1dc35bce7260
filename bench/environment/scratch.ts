import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  unlinkSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { isAbandoned, lockIfPossible } from "../../native/held-directory.js";
import { type Driver, loadDriver } from "../../native/index.js";
import { UsageError, UserError } from "../../terminal/errors.js";

/** Names of scratch directories are this, the process id and a random part. */
export const SCRATCH_PREFIX = "puntbench-scratch-";
const { O_DIRECTORY, O_NOFOLLOW } = constants;
const STICKY = 0o1000;
const REMOVAL_MS = 1_000;

/**
 * The only directory that data is written to. It is made in a directory that the user named, and removed on every exit.
 *
 * The owner of that parent may rename the scratch directory or put a link in its place at any moment. So both are held
 * by open descriptors, and every file is named through them: the kernel resolves `/proc/self/fd/N/name` from the
 * directory that the descriptor holds, wherever it is now (proc(5)).
 */
export class ScratchDirectory {
  /** Names the held directory, in this process only. */
  readonly path: string;
  /** Where the directory was made, without links: for messages, and for programs that need a real path. */
  readonly location: string;
  readonly #parent: number;
  readonly #directory: number;
  readonly #removeAtExit = () => this.remove();
  #removed = false;

  /** `givenAs` is what the user calls `parent`, for messages: the option's name, or "the directory". */
  constructor(
    parent: string,
    readonly givenAs = "--dir",
  ) {
    const folder = resolve(parent);
    let made: string | null = null;
    try {
      this.#parent = openSync(folder, O_DIRECTORY);
      refuseOthersDirectory(this.#parent, givenAs, folder);
      made = mkdtempSync(join(held(this.#parent), `${SCRATCH_PREFIX}${process.pid}-`));
      this.#directory = openSync(made, O_DIRECTORY | O_NOFOLLOW);
      this.path = held(this.#directory);
      this.location = readlinkSync(this.path);
      refuseExchanged(this.#directory, this.path, folder);
      lockIfPossible(loadDriver(), this.#directory);
    } catch (error) {
      if (made !== null) removeIfEmpty(made);
      if (error instanceof UserError) throw error;
      if (made !== null && isNoDirectory(error as NodeJS.ErrnoException)) throw exchanged(folder);
      throw unusable(givenAs, folder, error as NodeJS.ErrnoException);
    }
    process.on("exit", this.#removeAtExit);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Never follows a link, and never enters a directory. Says on stderr what it could not remove. */
  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    process.off("exit", this.#removeAtExit);
    try {
      const lastTryAtMs = performance.now() + REMOVAL_MS;
      while (!this.#isGone(performance.now() >= lastTryAtMs));
    } catch (error) {
      process.stderr.write(`warning: ${this.location} is left: ${(error as Error).message}\n`);
    }
    closeSync(this.#directory);
    closeSync(this.#parent);
  }

  /** After a second signal the thread of a trial may still make or remove its file: then this returns false at first. */
  #isGone(isLastTry: boolean): boolean {
    try {
      for (const name of readdirSync(this.path)) removeIfThere(join(this.path, name));
      this.#removeEmpty();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY" || isLastTry) throw error;
      return false;
    }
  }

  #removeEmpty(): void {
    const name = join(held(this.#parent), basename(this.location));
    const found = lstatSync(name, { bigint: true, throwIfNoEntry: false });
    const own = fstatSync(this.#directory, { bigint: true });
    if (found?.ino !== own.ino || found.dev !== own.dev) {
      throw new Error(`it was moved to ${readlinkSync(this.path)}`);
    }
    rmdirSync(name);
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** For a new directory that could not be opened: empty, unless somebody has exchanged it. */
function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // The error that led here is reported.
  }
}

/** Scratch directories whose process has ended. Only SIGKILL or a power cut leaves one. */
export function abandonedScratch(driver: Driver, parent: string): string[] {
  return readdirSync(resolve(parent))
    .filter((name) => name.startsWith(SCRATCH_PREFIX))
    .map((name) => join(resolve(parent), name))
    .filter((path) => isAbandoned(driver, path));
}

/** The path of what a descriptor holds. In another process of this user: with the pid in place of "self". */
function held(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

/** Who may rename what root makes could try to turn root's writes elsewhere. */
function refuseOthersDirectory(descriptor: number, givenAs: string, folder: string): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, mode } = fstatSync(descriptor);
  const anyoneRenames = (mode & 0o022) !== 0 && (mode & STICKY) === 0;
  if (uid === 0 && !anyoneRenames) return;
  throw new UsageError(
    `${givenAs} ${folder}: other users can rename what root makes there (${uid === 0 ? `mode ${(mode & 0o7777).toString(8)}` : `it belongs to user ${uid}`})`,
    "Name a directory of root that only root can write to, or run as the owner of this one.",
  );
}

/** Between mkdir and open, the owner of the parent can put another directory in the place of the new one. */
function refuseExchanged(descriptor: number, path: string, folder: string): void {
  const { uid, mode } = fstatSync(descriptor);
  const own = uid === process.geteuid?.() && (mode & 0o777) === 0o700;
  if (own && readdirSync(path).length === 0) return;
  throw exchanged(folder);
}

/** A link or a file stands where the new directory was. */
function isNoDirectory({ code }: NodeJS.ErrnoException): boolean {
  return code === "ENOTDIR" || code === "ELOOP";
}

function exchanged(folder: string): UserError {
  return new UserError(
    `the scratch directory in ${folder} was exchanged while it was made`,
    "Somebody else changes this directory: name another one.",
  );
}

function unusable(givenAs: string, folder: string, error: NodeJS.ErrnoException): UsageError {
  const what: Record<string, string> = {
    // In /proc and similar filesystems mkdir fails with ENOENT.
    ENOENT: existsSync(folder) ? "cannot hold a new directory" : "does not exist",
    ENOTDIR: "is not a directory",
    EACCES: "is not writable for this user",
    EPERM: "is not writable for this user",
    EROFS: "is on a read-only filesystem",
    ENOSPC: "has no space left",
  };
  return new UsageError(
    `${givenAs} ${folder} ${what[error.code ?? ""] ?? `cannot be used: ${error.message}`}`,
    "Name a writable directory on the filesystem to be measured.",
  );
}
