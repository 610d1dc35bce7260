import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../terminal/package-root.js";
import type { Cell } from "../cells/cell.js";
import { Cells, type RunNumbers } from "../cells/cells.js";
import { type Explained, explainedIn } from "../cells/explained.js";
import type { Run } from "../cells/run.js";
import { compareSubjects, type Subject } from "../cells/subject.js";
import { loadRuns, type Problem } from "./load.js";

/** Everything that charts, comparison and plan start from. */
export interface Analysis {
  runs: readonly Run[];
  problems: readonly Problem[];
  /** Sorted, see `Cells.list`. */
  cells: readonly Cell[];
  subjects: readonly Subject[];
  /** What tracing saw, by subject and scenario. */
  explained: readonly Explained[];
}

/**
 * Reads results and groups their trials. `wanted` leaves out runs. Throws UserError when nothing can
 * be read.
 */
export async function analyse(
  paths: readonly string[],
  options: { runNumbers?: RunNumbers; wanted?: (run: Run) => boolean } = {},
): Promise<Analysis> {
  const { runNumbers, wanted = () => true } = options;
  const cells = new Cells(runNumbers);
  const loaded = await loadRuns(
    paths,
    (trial, run) => {
      if (wanted(run)) cells.add(trial, run);
    },
    (parts, run) => {
      if (wanted(run)) cells.absorb(parts, run);
    },
  );
  const { problems } = loaded;
  const runs = loaded.runs.filter(wanted);
  const list = cells.list();
  const subjects = [...new Set(list.map((cell) => cell.subject))].sort(compareSubjects);
  return { runs, problems, cells: list, subjects, explained: explainedIn(runs) };
}

/**
 * What is analysed when no path is given: the runs under `results/` here; when there are none but
 * the reference run that comes with puntbench, that one.
 */
export function defaultPaths(): string[] {
  const here = existsSync("results") ? "results" : join(packageRoot(), "results");
  const own = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith(".jsonl"))
    .filter((entry) => entry.name !== "reference" && entry.name !== "report")
    .map((entry) => join(here, entry.name));
  if (own.some(holdsResults)) return own.filter(holdsResults);
  const reference = join(packageRoot(), "results", "reference");
  return [existsSync(reference) ? reference : here];
}

function holdsResults(path: string): boolean {
  if (path.endsWith(".jsonl")) return true;
  return readdirSync(path, { recursive: true }).some((name) => String(name).endsWith(".jsonl"));
}
