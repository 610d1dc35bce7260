import { compareScenarios, extentWords, workloadWords } from "../../results/scenario.js";
import type { Scenario } from "../../results/schema.js";
import type { Cell } from "./cell.js";
import { groupBy } from "./group-by.js";

/**
 * The cells that may stand in one chart: one kind of request, block size and order for all, and for each subject one
 * file size and one kind of buffers, so that no point of a line stands for two workloads.
 */
export interface Slice {
  blockSizeBytes: number;
  order: Scenario["order"];
  /** Cells with writes back to back. Paced cells have other charts. */
  cells: Cell[];
  paced: Cell[];
  /** "4 KiB O_DIRECT writes, sequential, 64 MiB file". */
  workload: string;
}

/** The slices of some cells, the one with the most trials first. */
export function slicesOf(cells: readonly Cell[]): Slice[] {
  const groups = groupBy(cells, ({ scenario }) => `${workloadWords(scenario)} ${scenario.order}`);
  return [...groups.values()].sort((a, b) => trialsIn(b) - trialsIn(a)).map(sliceOf);
}

function sliceOf(group: Cell[]): Slice {
  const { blockSizeBytes, order } = (group[0] as Cell).scenario;
  const bySubject = groupBy(group, (cell) => cell.subject);
  const chosen = [...bySubject.values()].flatMap(mainVariant);
  const inOrder = chosen.map((cell) => cell.scenario).sort(compareScenarios);
  const lengths = [...new Set(inOrder.map(lengthWords))].join(" or ");
  return {
    blockSizeBytes,
    order,
    cells: chosen.filter((cell) => cell.scenario.intervalNs === 0),
    paced: chosen.filter((cell) => cell.scenario.intervalNs > 0),
    workload: `${workloadWords((group[0] as Cell).scenario)}, ${order}, ${lengths}`,
  };
}

function lengthWords(scenario: Scenario): string {
  const words = extentWords(scenario);
  return scenario.durationNs === undefined ? `${words} file` : `trials of ${words}`;
}

/** Of one subject: the file size and kind of buffers with the most trials; paced cells of any size stay. */
function mainVariant(cells: Cell[]): Cell[] {
  const paced = cells.filter((cell) => cell.scenario.intervalNs > 0);
  const variants = groupBy(
    cells.filter((cell) => cell.scenario.intervalNs === 0),
    ({ scenario }) => `${extentWords(scenario)} ${scenario.registeredBuffers}`,
  );
  const [main = []] = [...variants.values()].sort((a, b) => trialsIn(b) - trialsIn(a));
  return [...main, ...paced];
}

function trialsIn(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.runOf.length, 0);
}
