import { setImmediate } from "node:timers/promises";
import type { Header } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";
import { readRun, type TrialSink, UnreadableFile } from "../bulk/read-run.js";
import type { Run } from "../cells/run.js";
import { type FoundFile, findResultsFiles } from "./find-files.js";

/** A file that was passed over, and why. */
export interface Problem {
  file: string;
  message: string;
}

/** Which runs are read, and what they are called. */
export interface Selection {
  wanted?: (header: Header, found: FoundFile) => boolean;
  /** Takes the place of the kernel label, so that runs are put together by something else. */
  labelOf?: (header: Header, found: FoundFile) => string;
}

/**
 * Reads files, and folders with all their `*.jsonl`, into `sink`, each run once and only those that are wanted.
 *
 * A file that was named and cannot be read is an error. One in a folder is passed over and reported in
 * `problems`, unless nothing readable is left. Throws UserError.
 */
export async function loadRuns(
  paths: readonly string[],
  sink: TrialSink,
  { wanted = () => true, labelOf }: Selection = {},
): Promise<{ runs: Run[]; problems: Problem[] }> {
  const found = findResultsFiles(paths);
  const runs: Run[] = [];
  const problems: Problem[] = [];
  const runIds = new Set<string>();
  let readable = false;
  for (const one of found) {
    const { file, named, host } = one;
    // Ten thousand files take a while; a signal is only seen when the event loop has a turn.
    await setImmediate();
    try {
      const run = await readRun(file, host?.name ?? null, (header) => {
        if (!runIds.has(header.runId)) {
          runIds.add(header.runId);
          if (!wanted(header, one)) return null;
          if (labelOf) header.kernelLabel = labelOf(header, one);
          return sink;
        }
        problems.push({ file, message: "the same run was read already; passed over" });
        return null;
      });
      readable = true;
      if (run) runs.push(run);
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      if (named || found.length === 1) throw unreadable(file, error.message);
      problems.push({ file, message: error.message });
    }
  }
  if (!readable) throw nothingIn(paths, problems);
  return { runs, problems };
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
