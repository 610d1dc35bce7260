import type { Metric } from "../../results/metrics.js";
import type { Cell } from "../cells/cell.js";
import type { Subject } from "../cells/subject.js";
import { cpuChart, type Spender, type SpenderRow } from "../charts/cpu-chart.js";
import { instructionsChart } from "../charts/instructions-chart.js";
import { iopsChart } from "../charts/iops-chart.js";
import { latencyChart } from "../charts/latency-chart.js";
import { loadLatencyChart } from "../charts/load-latency-chart.js";
import type { Chart } from "../charts/spec.js";
import { trialsChart } from "../charts/trials-chart.js";
import { estimate } from "../estimates/estimate.js";
import { costFigure } from "./cost-rows.js";
import { fitsLogarithm, measuredRows, significant } from "./estimate-rows.js";
import { percentileFigure } from "./percentile-rows.js";
import { contextOf, fewDepths, isLine, type Scope, usualDepth } from "./scope.js";
import { trialRows } from "./trial-rows.js";

/** Charts of times and CPU, each as soon as it is known. The scope holds either real or emulated subjects. */
export function* timeCharts(scope: Scope, targetUs: number | null): Generator<Chart> {
  const { slice, all, suffix } = scope;
  const context = contextOf(scope);
  const shown = slice.cells.filter(isLine);
  const chart = (name: string, spec: () => Chart["spec"], rows: readonly unknown[]): Chart[] =>
    rows.length > 0 ? [{ name: `${name}${suffix}`, spec: spec() }] : [];
  const iops = measuredRows(shown, "iops", all);
  yield* chart("iops", () => iopsChart(iops, context), iops);
  const latency = (["p50", "p99"] as const).flatMap((quantile) =>
    measuredRows(shown, quantile === "p50" ? "latencyNsP50" : "latencyNsP99", all, 1000)
      .filter(fitsLogarithm)
      .map((row) => ({ ...row, quantile })),
  );
  yield* chart("latency", () => latencyChart(latency, context), latency);
  const emulated = scope.subjects.every((subject) => subject.emulated);
  // Emulated times get only three charts; their instructions say more.
  if (!emulated) yield* percentileFigure(scope);
  const load = emulated ? [] : loadRows(shown, all);
  yield* chart("load-latency", () => loadLatencyChart(load, context, targetUs), load);
  const cpu = spenderRows(fewDepths(shown), all, CPU_SPENDERS);
  yield* chart("cpu", () => cpuChart(cpu, context), cpu);
  if (!emulated) yield* costFigure(scope);
  yield* instructionFigure(scope);
  const trials = emulated ? [] : trialRows(scope);
  yield* chart("trials", () => trialsChart(trials, context), trials);
}

function loadRows(cells: readonly Cell[], all: readonly Subject[]) {
  return cells.flatMap((cell) => {
    const [row] = measuredRows([cell], "latencyNsP99", all, 1000).filter(fitsLogarithm);
    const iops = estimate(cell, "iops");
    return row && iops ? [{ ...row, iops: significant(iops.point) }] : [];
  });
}

const CPU_SPENDERS: readonly [Spender, Metric][] = [
  ["submitter", "cpuNsSubmitter"],
  ["io-wq workers", "cpuNsIoWq"],
  ["kernel workers", "cpuNsKernelWorkers"],
  ["rest of the system", "cpuNsRest"],
];
const INSTRUCTION_SPENDERS: readonly [Spender, Metric][] = [
  ["submitter", "instructionsSubmitter"],
  ["io-wq workers", "instructionsIoWq"],
  ["kernel workers", "instructionsKernelWorkers"],
  ["rest of the system", "instructionsRest"],
];

/** In µs, or in thousand instructions. */
function spenderRows(
  cells: readonly Cell[],
  all: readonly Subject[],
  spenders: readonly [Spender, Metric][],
): SpenderRow[] {
  return spenders.flatMap(([spender, metric], order) =>
    measuredRows(cells, metric, all, 1000).map((row) => ({
      ...row,
      // The system's part is a difference of two clocks and may come out a little below zero.
      value: Math.max(0, row.value),
      spender,
      order,
    })),
  );
}

/** Instructions are exact on every machine, so this chart has no note on emulated times. */
function instructionFigure(scope: Scope): Chart[] {
  const cells = scope.slice.cells.filter(
    (cell) => isLine(cell) && estimate(cell, "instructionsSubmitter") !== null,
  );
  if (cells.length === 0) return [];
  const depth = usualDepth(cells);
  const atDepth = cells.filter((cell) => cell.scenario.queueDepth === depth);
  const rows = spenderRows(atDepth, scope.all, INSTRUCTION_SPENDERS);
  const context = { ...contextOf(scope), emulatedNote: null };
  const name = `instructions${scope.suffix.replace("-emulated", "")}`;
  return [{ name, spec: instructionsChart(rows, context) }];
}
