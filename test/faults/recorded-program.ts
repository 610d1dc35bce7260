import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openFiles } from "../../bench/record/descriptors.js";
import { loadRecording, type Recording } from "../../results/recording/reader.js";
import { findProgram } from "../../terminal/find-program.js";
import { tryToWatch } from "../support/watching.js";
import type { Place, Running } from "./place.js";

let reason: string | null | undefined;

/** Why no program can be recorded on this machine; null: one can. */
export function cannotRecord(): string | null {
  if (reason !== undefined) return reason;
  const { watch, skip } = tryToWatch();
  watch?.close();
  const noFio = findProgram("fio") === null ? "fio is missing: ./scripts/bootstrap --dev" : null;
  reason = skip === false ? noFio : skip;
  return reason;
}

const STARTS_WITHIN_MS = 10_000;

/** A program that writes 4,000 blocks a second to files of its own through io_uring, until it is killed. */
export class RecordedProgram {
  readonly folder: string;
  readonly running: Running;

  constructor(readonly place: Place) {
    this.folder = join(place.root, "program");
    mkdirSync(this.folder, { recursive: true });
    this.running = place.startProgram([
      ...["fio", "--name=job", "--ioengine=io_uring", "--direct=1", "--bs=4k", "--iodepth=4"],
      ...["--rw=randwrite", "--size=4m", "--nrfiles=4", "--fallocate=none", "--thread"],
      ...["--rate_iops=4000", "--time_based", "--runtime=120", `--directory=${this.folder}`],
    ]);
  }

  get pid(): number {
    return this.running.child.pid ?? 0;
  }

  readonly file = (number: number): string => join(this.folder, `job.0.${number}`);

  /** Waits until it has its files open. */
  async started(): Promise<void> {
    const givesUpAtMs = Date.now() + STARTS_WITHIN_MS;
    const isOpen = (number: number) =>
      openFiles(this.pid).some(({ path }) => path === this.file(number));
    while (![0, 1, 2, 3].every(isOpen)) {
      if (Date.now() > givesUpAtMs) throw new Error("the program to record did not start");
      await sleep(20);
    }
  }

  async kill(): Promise<void> {
    this.running.child.kill("SIGKILL");
    await this.running.ended;
  }
}

/** Runs `act` while such a program runs. */
export async function withProgram<T>(
  place: Place,
  act: (program: RecordedProgram) => Promise<T>,
): Promise<T> {
  const program = new RecordedProgram(place);
  try {
    await program.started();
    return await act(program);
  } finally {
    await program.kill();
  }
}

/** `puntbench record` of the program, into this file. */
export function recordArguments({ pid }: RecordedProgram, output: string, ...more: string[]) {
  return ["record", "--pid", String(pid), "-o", output, "--json", ...more];
}

/** Waits until the recorder says that it records. */
export async function recording({ child }: Running): Promise<void> {
  await new Promise<void>((resolve) => {
    child.stderr?.on("data", (piece) => {
      if (String(piece).includes("Recording")) resolve();
    });
    child.on("close", () => resolve());
  });
}

/** Throws where the file is damaged, or has no end: the recorder has closed it. Returns it with its number of rows. */
export function wholeRecording(path: string): Recording & { rows: number } {
  const found = cutRecording(path);
  if (found === null) throw new Error("there is no recording");
  if (found.damage !== null) throw new Error(`the recording is damaged: ${found.damage}`);
  if (found.footer === null) throw new Error("the recording has no end");
  const { requests, calls } = found.footer;
  if (requests + calls !== found.rows) {
    throw new Error(`its end says ${requests} requests and ${calls} calls of ${found.rows} rows`);
  }
  return found;
}

/** Of a recorder that was killed: it is good up to its last whole block. null: it was killed before it had made any. */
export function cutRecording(path: string): (Recording & { rows: number }) | null {
  if (!existsSync(path)) return null;
  let rows = 0;
  try {
    const found = loadRecording(path, ({ count }) => {
      rows += count;
    });
    if (found.damage !== null && found.damage !== "it ends inside a frame") {
      throw new Error(`the recording is damaged: ${found.damage}`);
    }
    return { ...found, rows };
  } catch (error) {
    // Killed before its first line.
    if (/is no recording|without a header/.test((error as Error).message)) return null;
    throw error;
  }
}
