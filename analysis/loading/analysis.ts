import type { Cell } from "../cells/cell.js";
import { Cells } from "../cells/cells.js";
import { type Explained, explainedIn } from "../cells/explained.js";
import { type Observed, observedIn } from "../cells/observed.js";
import { type Replayed, replayedIn } from "../cells/replayed.js";
import { type Run, RunNumbers, type Unit } from "../cells/run.js";
import { compareSubjects, type Subject } from "../cells/subject.js";
import { loadRuns, type Problem, type Selection } from "./load.js";

/** Everything that charts, comparison and plan start from. */
export interface Analysis {
  runs: readonly Run[];
  problems: readonly Problem[];
  /** Sorted, see `Cells.list`. */
  cells: readonly Cell[];
  subjects: readonly Subject[];
  /** What tracing saw, by subject and scenario. */
  explained: readonly Explained[];
  /** What watched programs did, by subject. */
  observed: readonly Observed[];
  /** What recorded requests did when they were issued again, by subject. */
  replayed: readonly Replayed[];
  /** What the figures are repeated over: hosts, when the runs come from several. */
  unit: Unit;
}

/** Reads the runs that are wanted and groups their trials. Throws UserError when nothing can be read. */
export async function analyse(
  paths: readonly string[],
  options: { runNumbers?: RunNumbers } & Selection = {},
): Promise<Analysis> {
  const runNumbers = options.runNumbers ?? new RunNumbers();
  const collected = new Cells(runNumbers);
  const { runs, problems } = await loadRuns(paths, collected, options);
  runNumbers.settle();
  const cells = collected.list();
  const subjects = [...new Set(cells.map((cell) => cell.subject))].sort(compareSubjects);
  return {
    runs,
    problems,
    cells,
    subjects,
    explained: explainedIn(runs),
    observed: observedIn(runs),
    replayed: replayedIn(runs),
    unit: runNumbers.unit,
  };
}
