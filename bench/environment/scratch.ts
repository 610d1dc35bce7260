import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { UsageError } from "../../terminal/errors.js";
import { isAlive } from "../../terminal/is-alive.js";

const PREFIX = "puntbench-scratch-";

/** The only directory that data is written to. It is made in a directory that the user named, and removed on every exit. */
export class ScratchDirectory {
  readonly path: string;
  readonly #removeAtExit = () => this.remove();

  /** `givenAs` is what the user calls `parent`, for messages: the option's name, or "the directory". */
  constructor(
    parent: string,
    readonly givenAs = "--dir",
  ) {
    const folder = resolve(parent);
    try {
      this.path = mkdtempSync(join(folder, `${PREFIX}${process.pid}-`));
    } catch (error) {
      throw unusable(givenAs, folder, error as NodeJS.ErrnoException);
    }
    process.on("exit", this.#removeAtExit);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
    process.off("exit", this.#removeAtExit);
  }
}

/** Scratch directories whose process has ended. Only SIGKILL or a power cut leaves one. */
export function abandonedScratch(parent: string): string[] {
  return readdirSync(resolve(parent))
    .filter((name) => name.startsWith(PREFIX))
    .filter((name) => !isAlive(Number(name.slice(PREFIX.length).split("-")[0])))
    .map((name) => join(resolve(parent), name));
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
