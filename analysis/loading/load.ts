import { statSync } from "node:fs";
import { Header, SCHEMA_VERSION } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";
import { lineBatches, UnreadableFile } from "../bulk/lines.js";
import { firstIssue, type PartRead, parseJson, readTrials } from "../bulk/read-trials.js";
import { readInThreads } from "../bulk/threads.js";
import type { OnCells, OnTrial, Run } from "../cells/run.js";
import { findResultsFiles } from "./find-files.js";

/** A file that was passed over, and why. */
export interface Problem {
  file: string;
  message: string;
}

export interface Loaded {
  runs: Run[];
  problems: Problem[];
}

/**
 * Reads files, and folders with all their `*.jsonl`, one line at a time.
 *
 * A file that was named and cannot be read is an error; one that lies in a folder is passed over
 * and reported in `problems`, unless nothing readable is left. With `onCells`, very large files are read
 * by several threads. Throws UserError.
 */
export async function loadRuns(
  paths: readonly string[],
  onTrial: OnTrial,
  onCells: OnCells | null = null,
): Promise<Loaded> {
  const found = findResultsFiles(paths);
  const loaded: Loaded = { runs: [], problems: [] };
  const runIds = new Map<string, string>();
  for (const { file, named } of found) {
    try {
      const run = await readRun(file, onTrial, onCells, runIds);
      if (run) loaded.runs.push(run);
      else loaded.problems.push({ file, message: "the same run was read already; passed over" });
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      if (named || found.length === 1) throw unreadable(file, error.message);
      loaded.problems.push({ file, message: error.message });
    }
  }
  if (loaded.runs.length === 0) throw nothingIn(paths, loaded.problems);
  return loaded;
}

function unreadable(file: string, message: string): UserError {
  const newer = message.includes("schema version");
  return new UserError(
    `${file}: ${message}`,
    newer
      ? "Analyse it with the puntbench that wrote it, or a newer one."
      : "Name a results file that `puntbench bench` wrote, or a folder of them.",
  );
}

function nothingIn(paths: readonly string[], problems: readonly Problem[]): UserError {
  const first = problems[0];
  return new UserError(
    first
      ? `no readable results in ${paths.join(", ")} (${first.file}: ${first.message})`
      : `no results in ${paths.join(", ")}`,
    "Measure first with `puntbench bench`, or name a folder that holds *.jsonl results.",
  );
}

/** Below this a file is read before a thread has started. */
const PARALLEL_BYTES = 32 << 20;

/** Returns null when this run was read before, from another file. */
async function readRun(
  file: string,
  onTrial: OnTrial,
  onCells: OnCells | null,
  runIds: Map<string, string>,
): Promise<Run | null> {
  const { header, bytes } = readHeader(file);
  if (runIds.has(header.runId)) return null;
  runIds.set(header.runId, file);
  const run: Run = { ...emptyRun(file), header };
  const range = { start: bytes, end: statSync(file).size };
  const parallel = onCells !== null && range.end - range.start > PARALLEL_BYTES;
  const parts = parallel
    ? await readInThreads(run, range, onCells)
    : [readTrials(run, range, 2, onTrial)];
  addUp(run, parts);
  return run;
}

function addUp(run: Run, parts: readonly PartRead[]): void {
  for (const { trials, explanations, footer, truncated } of parts) {
    run.trials.ok += trials.ok;
    run.trials.failed += trials.failed;
    run.trials.skipped += trials.skipped;
    run.explanations.push(...explanations);
    run.footer = footer ?? run.footer;
    if (truncated) run.warnings.push(truncated);
  }
  const badLines = parts.flatMap((part) => part.badLines);
  if (badLines.length > 0) {
    const others = badLines.length > 1 ? `; ${badLines.length - 1} more like this` : "";
    run.warnings.unshift(`${badLines[0]}: passed over${others}`);
  }
  run.complete = run.footer?.outcome === "complete";
  if (!run.footer) run.warnings.push("no footer: the run was cut off, this file is incomplete");
}

/** The first line, and how many bytes it takes with its newline. */
function readHeader(file: string): { header: Header; bytes: number } {
  for (const { lines } of lineBatches(file)) {
    const [line] = lines;
    if (line === undefined) continue;
    return { header: parseHeader(line), bytes: Buffer.byteLength(line) + 1 };
  }
  throw new UnreadableFile("empty, so not a results file");
}

function emptyRun(file: string): Omit<Run, "header"> {
  const trials = { ok: 0, failed: 0, skipped: 0 };
  return { file, footer: null, complete: false, trials, explanations: [], warnings: [] };
}

function parseHeader(line: string): Header {
  const value = parseJson(line);
  if (value?.type !== "header") {
    throw new UnreadableFile("not a puntbench results file (the first line is not its header)");
  }
  if (value.schemaVersion !== SCHEMA_VERSION) {
    throw new UnreadableFile(
      `written with schema version ${JSON.stringify(value.schemaVersion)}, this puntbench reads version ${SCHEMA_VERSION}`,
    );
  }
  const header = Header.safeParse(value);
  if (!header.success) throw new UnreadableFile(`damaged header: ${firstIssue(header.error)}`);
  return header.data;
}
