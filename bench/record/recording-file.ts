import { closeSync, openSync } from "node:fs";
import { release, version } from "node:os";
import type { Block } from "../../results/recording/block.js";
import { FIRST_CALL } from "../../results/recording/block.js";
import { RECORDING_VERSION, type RecordingLine } from "../../results/recording/schema.js";
import { RecordingWriter } from "../../results/recording/writer.js";
import { UserError } from "../../terminal/errors.js";
import { toolVersion } from "../run/provenance.js";

/** The file of a recording that is being made: what was written, and how much of what. */
export class RecordingFile {
  readonly #fd: number;
  readonly #writer: RecordingWriter;
  requests = 0;
  calls = 0;
  punts = 0;
  readonly #filesOfRequests = new Set<number>();

  /** Throws a UserError where the file cannot be made. It is readable by its owner only. */
  constructor(
    readonly path: string,
    readonly anonymise: boolean,
  ) {
    this.#fd = this.#attempt(() => openSync(path, "wx", 0o600));
    this.#writer = this.#attempt(() => new RecordingWriter(this.#fd));
    this.line({
      type: "recording",
      version: RECORDING_VERSION,
      toolVersion: toolVersion(),
      startedAt: new Date().toISOString(),
      kernelRelease: release(),
      kernelVersion: version(),
      machine: process.arch,
      anonymised: anonymise,
    });
  }

  get bytes(): number {
    return this.#writer.bytes;
  }

  get filesOfRequests(): number {
    this.#filesOfRequests.delete(0);
    return this.#filesOfRequests.size;
  }

  line(line: RecordingLine): void {
    this.#attempt(() => this.#writer.line(this.anonymise ? withoutNames(line) : line));
  }

  block(block: Block): void {
    this.#attempt(() => this.#writer.block(block));
    for (let row = 0; row < block.count; row += 1) {
      if ((block.operation[row] as number) >= FIRST_CALL) {
        this.calls += 1;
      } else {
        this.requests += 1;
        this.#filesOfRequests.add(block.file[row] as number);
      }
      if (block.outcome[row] === 1) this.punts += 1;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #attempt<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const remedy =
        code === "ENOSPC" || code === "EDQUOT"
          ? "The disk is full. What was recorded before that can be used."
          : "Name a new file in a folder that you may write to.";
      throw new UserError(`${this.path}: ${message}`, remedy);
    }
  }
}

function withoutNames(line: RecordingLine): RecordingLine {
  if (line.type === "file") return { ...line, path: null };
  if (line.type === "thread") return { ...line, name: null };
  return line.type === "path" ? { ...line, path: "" } : line;
}
