import { Footer, Header, SCHEMA_VERSION, Trial } from "../results/schema.js";
import { UserError } from "../terminal/errors.js";
import { findResultsFiles } from "./find-files.js";
import { lineBatches, UnreadableFile } from "./lines.js";

/** One results file as far as it could be read. Trials are streamed, not kept. */
export interface Run {
  file: string;
  header: Header;
  /** null: the run was cut off. */
  footer: Footer | null;
  complete: boolean;
  trials: { ok: number; failed: number; skipped: number };
  /** What the reader noticed; what the bench noticed is in header, trials and footer. */
  warnings: string[];
}

/** A file that was passed over, and why. */
export interface Problem {
  file: string;
  message: string;
}

export interface Loaded {
  runs: Run[];
  problems: Problem[];
}

/** Called for every readable trial, in the order of the file. */
export type OnTrial = (trial: Trial, run: Run) => void;

/**
 * Reads files, and folders with all their `*.jsonl`, one line at a time.
 *
 * A file that was named and cannot be read is an error; one that lies in a folder is passed over
 * and reported in `problems`, unless nothing readable is left. Throws UserError.
 */
export async function loadRuns(paths: readonly string[], onTrial: OnTrial): Promise<Loaded> {
  const found = findResultsFiles(paths);
  const loaded: Loaded = { runs: [], problems: [] };
  const runIds = new Map<string, string>();
  for (const { file, named } of found) {
    try {
      const run = await readRun(file, onTrial, runIds);
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

/** Returns null when this run was read before, from another file. */
async function readRun(
  file: string,
  onTrial: OnTrial,
  runIds: Map<string, string>,
): Promise<Run | null> {
  let run: Run | null = null;
  let lineNumber = 0;
  const badLines: string[] = [];
  for await (const { lines, unterminated } of lineBatches(file)) {
    for (const [index, line] of lines.entries()) {
      lineNumber += 1;
      if (line === "") continue;
      if (run === null) {
        run = { ...emptyRun(file), header: parseHeader(line) };
        if (runIds.has(run.header.runId)) return null;
        runIds.set(run.header.runId, file);
      } else {
        const truncated = unterminated && index === lines.length - 1;
        readLine(line, lineNumber, truncated, run, badLines, onTrial);
      }
    }
  }
  if (run === null) throw new UnreadableFile("empty, so not a results file");
  const [bad] = badLines;
  if (bad) {
    const others = badLines.length > 1 ? `; ${badLines.length - 1} more like this` : "";
    run.warnings.unshift(`${bad}: passed over${others}`);
  }
  run.complete = run.footer?.outcome === "complete";
  if (!run.footer) run.warnings.push("no footer: the run was cut off, this file is incomplete");
  return run;
}

function emptyRun(file: string): Omit<Run, "header"> {
  const trials = { ok: 0, failed: 0, skipped: 0 };
  return { file, footer: null, complete: false, trials, warnings: [] };
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

function readLine(
  line: string,
  number: number,
  truncated: boolean,
  run: Run,
  badLines: string[],
  onTrial: OnTrial,
): void {
  const value = parseJson(line);
  if (value === null) {
    if (truncated) run.warnings.push(`line ${number} is cut off in the middle: passed over`);
    else badLines.push(`line ${number}: not JSON`);
    return;
  }
  if (value.type === "footer") {
    const footer = Footer.safeParse(value);
    if (footer.success) run.footer = footer.data;
    else run.warnings.push(`line ${number}: damaged footer: ${firstIssue(footer.error)}`);
    return;
  }
  const trial = Trial.safeParse(value);
  if (!trial.success) {
    badLines.push(`line ${number}: not a trial (${firstIssue(trial.error)})`);
    return;
  }
  run.trials[trial.data.status] += 1;
  onTrial(trial.data, run);
}

function firstIssue(error: {
  issues: readonly { path: PropertyKey[]; message: string }[];
}): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.map(String).join(".")}: ${issue.message}` : "unknown";
}

function parseJson(line: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : null;
  } catch {
    return null;
  }
}
