import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Cells } from "../cells/cells.js";
import type { Run } from "../cells/run.js";
import { type CellPart, unpackCell } from "./cell-part.js";
import { type ByteRange, UnreadableFile } from "./lines.js";
import type { PartRead } from "./read-trials.js";

/** What a thread is given. */
export interface ThreadInput {
  run: Run;
  range: ByteRange;
  /** Number of the first line, if it is known. */
  firstLine: number | null;
}

/** What it answers with: the cells of its range, or why the file cannot be read. */
export type ThreadOutput = { cells: CellPart[]; part: PartRead } | { unreadable: string };

const THREADS_MAX = 8;

/** Reads a range of a very large file with all processors; the parts come in the order of the file. */
export async function readInThreads(
  run: Run,
  { start, end }: ByteRange,
  cells: Cells,
): Promise<PartRead[]> {
  const threads = Math.min(THREADS_MAX, availableParallelism());
  const step = Math.ceil((end - start) / threads);
  const inputs = Array.from({ length: threads }, (_, index) => ({
    run,
    range: { start: start + index * step, end: Math.min(end, start + (index + 1) * step) },
    firstLine: index === 0 ? 2 : null,
  }));
  const outputs = inputs.map(inThread);
  // A later thread may fail while an earlier one is awaited: its error is thrown when its turn comes.
  void Promise.allSettled(outputs);
  const parts: PartRead[] = [];
  for (const pending of outputs) {
    const output = await pending;
    if ("unreadable" in output) throw new UnreadableFile(output.unreadable);
    for (const cell of output.cells) unpackCell(cell, cells, run);
    parts.push(output.part);
  }
  return parts;
}

function inThread(input: ThreadInput): Promise<ThreadOutput> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: input });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}
