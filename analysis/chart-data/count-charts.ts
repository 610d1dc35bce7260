import { paceChart } from "../charts/pace-chart.js";
import { puntRatioChart } from "../charts/punt-ratio-chart.js";
import type { MeasuredRow } from "../charts/rows.js";
import type { Chart } from "../charts/spec.js";
import { workersChart } from "../charts/workers-chart.js";
import { estimate } from "../estimates/estimate.js";
import { estimateRow, measuredRows } from "./estimate-rows.js";
import { puntTable } from "./punt-table.js";
import { contextOf, isLine, type Scope } from "./scope.js";

const EXACT = "counts are exact under emulation";

/** Charts of counts, the table of punts first: real and emulated subjects side by side. */
export function* countCharts(scope: Scope): Generator<Chart> {
  const { slice, all, suffix } = scope;
  const shown = slice.cells.filter(isLine);
  const context = contextOf(scope, EXACT);
  if (shown.length > 0) {
    yield { name: `punt-table${suffix}`, spec: puntTable(shown, scope, context) };
    const rows = shown.map((cell) => estimateRow(cell, "puntRatio", all));
    yield { name: `punt-ratio${suffix}`, spec: puntRatioChart(rows, context) };
  }
  const workers = measuredRows(shown, "workersPeak", all);
  if (workers.length > 0) {
    yield { name: `workers${suffix}`, spec: workersChart(workers, context) };
  }
  const pace = paceRows(scope);
  if (pace.length > 0) yield { name: `pace${suffix}`, spec: paceChart(pace, context) };
}

/** At the lowest paced depth, since pace concerns single writes. */
function paceRows({ slice, all }: Scope) {
  const lowest = Math.min(...slice.paced.map((cell) => cell.scenario.queueDepth));
  return slice.paced
    .filter((cell) => cell.scenario.queueDepth === lowest && isLine(cell))
    .map((cell) => ({
      ...estimateRow(cell, "puntRatio", all),
      intervalMs: cell.scenario.intervalNs / 1e6,
      puntsPerSecond: estimate(cell, "puntsPerSecond")?.point ?? null,
    }))
    .filter((row): row is typeof row & MeasuredRow => row.value !== null);
}
