import { closeSync, constants, fdatasyncSync, ftruncateSync, openSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ResultsLine } from "../../results/schema.js";
import { UsageError, UserError } from "../../terminal/errors.js";
import { makeFolders } from "../../terminal/make-folders.js";
import { plural } from "../../terminal/plural.js";
import { writeAll } from "../../terminal/write-all.js";

const { O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * Appends one line at a time and flushes it, so that a crash loses at most the trial under way. A line that cannot be
 * written whole is cut off again: the file holds whole lines only.
 */
export class ResultsWriter {
  readonly path: string;
  readonly #file: number;
  /** Bytes of whole lines. */
  #length = 0;
  #trials = 0;

  constructor(out: string, kernelLabel: string, runId: string) {
    const folder = join(resolve(out), folderName(kernelLabel));
    this.path = join(folder, `${runId}.jsonl`);
    try {
      makeFolders(folder);
      this.#file = newFile(folder, `${runId}.jsonl`);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new UsageError(
        `--out ${out}: results cannot be written there (${code})`,
        code === "ENOTDIR" || code === "ELOOP"
          ? `${folder} is a symbolic link or a file, which another user may have put there: name another directory.`
          : "Name a directory that you may write to.",
      );
    }
  }

  /** Throws a UserError that says how many trials are kept. */
  append(line: ResultsLine): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      // Also before the first byte: perhaps the last line could not be cut off.
      ftruncateSync(this.#file, this.#length);
      writeAll(this.#file, bytes);
      fdatasyncSync(this.#file);
    } catch (error) {
      this.#cutBack();
      throw this.#unwritten(error as NodeJS.ErrnoException);
    }
    this.#length += bytes.length;
    if (line.type === "trial") this.#trials += 1;
  }

  #cutBack(): void {
    try {
      ftruncateSync(this.#file, this.#length);
    } catch {
      // A reader passes over the cut last line and says so.
    }
  }

  #unwritten({ code }: NodeJS.ErrnoException): UserError {
    const kept = `${plural(this.#trials, "trial")} ${this.#trials === 1 ? "is" : "are"} kept`;
    return new UserError(
      `the results cannot be written (${code}); ${kept} in ${this.path}`,
      "Free space there, or name another directory with --out.",
    );
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Through the folder's descriptor: no link leads the file, which root writes, to another place. */
function newFile(folder: string, name: string): number {
  const held = openSync(folder, O_DIRECTORY | O_NOFOLLOW);
  try {
    return openSync(`/proc/self/fd/${held}/${name}`, "ax", 0o644);
  } finally {
    closeSync(held);
  }
}

/** A folder name for a label, which may hold any text. The header holds the label itself. */
export function folderName(label: string): string {
  const name = label.replace(/[^A-Za-z0-9._+-]+/g, "_").slice(0, 100);
  return /^[._]*$/.test(name) ? "unnamed" : name;
}
