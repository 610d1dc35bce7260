import type { Cell } from "../cells/cell.js";
import { subjectName } from "../cells/subject.js";
import type { TrialRow } from "../charts/trials-chart.js";
import { scenarioRow, significant } from "./estimate-rows.js";
import { fewDepths, isLine, type Scope } from "./scope.js";

/** With more points a chart is unreadable and its file large, so only every n-th round is drawn. */
const TRIALS_MAX = 3000;

/** Every trial of the lines, thinned by rounds when there are very many. */
export function trialRows({ slice, all }: Scope): TrialRow[] {
  const cells = fewDepths(slice.cells.filter(isLine));
  const trials = cells.reduce((sum, cell) => sum + cell.runOf.length, 0);
  const every = Math.ceil(trials / TRIALS_MAX);
  return cells.flatMap((cell) => rowsOf(cell, subjectName(cell.subject, all), every));
}

function rowsOf(cell: Cell, kernel: string, every: number): TrialRow[] {
  const scenario = scenarioRow(kernel, cell.scenario);
  return cell.values.iops.flatMap((iops, index) => {
    const round = cell.roundOf[index] as number;
    if (!Number.isFinite(iops) || round % every !== 0) return [];
    const run = cell.runOf[index] as number;
    return [{ ...scenario, round, run, iops: significant(iops) }];
  });
}
