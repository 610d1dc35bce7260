import { statSync } from "node:fs";
import { Header, SCHEMA_VERSION, type Trial } from "../../results/schema.js";
import { upgradeHeader } from "../../results/upgrade.js";
import { visibleDeep } from "../../terminal/quote.js";
import { Cells } from "../cells/cells.js";
import type { Run } from "../cells/run.js";
import { lineBatches, UnreadableFile } from "./lines.js";
import { firstIssue, type PartRead, parseJson, readTrials } from "./read-trials.js";
import { readInThreads } from "./threads.js";

export { UnreadableFile };

/** A smaller file is read before a thread has started. */
const PARALLEL_BYTES = 32 << 20;

/** Where trials go: into cells, or one by one to whoever wants each of them. */
export interface TrialSink {
  add(trial: Trial, run: Run): void;
}

/**
 * Reads one results file, line by line; a very large one with several threads, if its trials go into cells. `accept`
 * sees the header first and returns where the trials go, or null to leave the file. Throws UnreadableFile.
 *
 * @returns null when the file was left.
 */
export async function readRun(
  file: string,
  host: string | null,
  accept: (header: Header) => TrialSink | null,
): Promise<Run | null> {
  const { header, bytes } = readHeader(file);
  const sink = accept(header);
  if (sink === null) return null;
  const run = emptyRun(file, host, header);
  const range = { start: bytes, end: statSync(file).size };
  const parts =
    sink instanceof Cells && range.end - range.start > PARALLEL_BYTES
      ? await readInThreads(run, range, sink)
      : [readTrials(file, range, 2, (trial) => sink.add(trial, run))];
  addUp(run, parts);
  return run;
}

function emptyRun(file: string, host: string | null, header: Header): Run {
  const trials = { ok: 0, failed: 0, skipped: 0 };
  return {
    file,
    host,
    header,
    footer: null,
    complete: false,
    trials,
    explanations: [],
    observations: [],
    replays: [],
    warnings: [],
  };
}

function addUp(run: Run, parts: readonly PartRead[]): void {
  for (const { trials, explanations, observations, replays, footer, truncated } of parts) {
    run.trials.ok += trials.ok;
    run.trials.failed += trials.failed;
    run.trials.skipped += trials.skipped;
    run.explanations.push(...explanations);
    run.observations.push(...observations);
    run.replays.push(...replays);
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

function parseHeader(line: string): Header {
  const value = parseJson(line);
  if (value?.type !== "header") {
    throw new UnreadableFile("not a puntbench results file (the first line is not its header)");
  }
  const upgraded = upgradeHeader(value);
  if (upgraded.schemaVersion !== SCHEMA_VERSION) {
    throw new UnreadableFile(
      `written with schema version ${JSON.stringify(value.schemaVersion)}, this puntbench reads versions 1 and ${SCHEMA_VERSION}`,
    );
  }
  const header = Header.safeParse(upgraded);
  if (!header.success) throw new UnreadableFile(`damaged header: ${firstIssue(header.error)}`);
  // Labels of a hostile file must reach neither a terminal nor a command line as they are.
  return visibleDeep(header.data);
}
