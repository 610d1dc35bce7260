import { closeSync, existsSync, fdatasyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ResultsLine } from "../../results/schema.js";
import { UsageError } from "../../terminal/errors.js";

/** Appends one line at a time and flushes it, so that a crash loses at most the trial under way. */
export class ResultsWriter {
  readonly path: string;
  readonly #file: number;

  constructor(out: string, kernelLabel: string, runId: string) {
    const folder = join(resolve(out), folderName(kernelLabel));
    this.path = join(folder, `${runId}.jsonl`);
    try {
      makeFolders(folder);
      this.#file = openSync(this.path, "ax", 0o644);
    } catch (error) {
      throw new UsageError(
        `--out ${out}: results cannot be written there (${(error as NodeJS.ErrnoException).code})`,
        "Name a directory that you may write to.",
      );
    }
  }

  append(line: ResultsLine): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
    fdatasyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** mkdir's own recursion is not used: where the kernel refuses a folder with ENOENT (/proc), Node 20 never stops. */
function makeFolders(folder: string): void {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder));
  mkdirSync(folder);
}

/** A folder name for a label, which may hold any text. The header holds the label itself. */
function folderName(label: string): string {
  const name = label.replace(/[^A-Za-z0-9._+-]+/g, "_").slice(0, 100);
  return /^[._]*$/.test(name) ? "unnamed" : name;
}
