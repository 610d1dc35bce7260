import { parentPort, workerData } from "node:worker_threads";
import { Cells } from "../cells/cells.js";
import { buffersOf, packCell } from "./cell-part.js";
import { UnreadableFile } from "./lines.js";
import { readTrials } from "./read-trials.js";
import type { ThreadInput, ThreadOutput } from "./threads.js";

/** Entry of a reading thread: it reads one range of one file and ends. */
function read({ run, range, firstLine }: ThreadInput): ThreadOutput {
  const cells = new Cells();
  try {
    const part = readTrials(run.file, range, firstLine, (trial) => cells.add(trial, run));
    return { cells: cells.list().map(packCell), part };
  } catch (error) {
    if (error instanceof UnreadableFile) return { unreadable: error.message };
    throw error;
  }
}

const output = read(workerData as ThreadInput);
// The memory is transferred, not copied: a million trials are hundreds of megabytes.
parentPort?.postMessage(output, "cells" in output ? output.cells.flatMap(buffersOf) : []);
