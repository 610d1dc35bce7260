import type { Analysis } from "./analysis.js";
import type { Cell } from "./cells.js";
import { estimateRow, measuredRows } from "./chart-rows.js";
import type { Chart, ChartContext } from "./charts/chart.js";
import { type CpuRow, cpuChart, type Spender } from "./charts/cpu.js";
import { iopsChart } from "./charts/iops.js";
import { latencyChart } from "./charts/latency.js";
import { puntRatioChart } from "./charts/punt-ratio.js";
import type { Metric } from "./metrics.js";
import { type Slice, slicesOf } from "./slice.js";
import { EMULATED_NOTE, type Subject, subjectName } from "./subject.js";

/** The charts over all kernels. Counts of all subjects share a chart; times never mix real and emulated. */
export function overviewCharts(analysis: Analysis): Chart[] {
  const [slice] = slicesOf(analysis.cells);
  if (!slice) return [];
  const shown = slice.cells.filter(isLine);
  const charts: Chart[] = [
    {
      name: "punt-ratio",
      spec: puntRatioChart(
        shown.map((cell) => estimateRow(cell, "puntRatio", analysis.subjects)),
        contextOf(slice, analysis.subjects, analysis.subjects, "counts are exact under emulation"),
      ),
    },
  ];
  for (const emulated of [false, true]) {
    const subjects = analysis.subjects.filter((subject) => subject.emulated === emulated);
    const cells = shown.filter((cell) => cell.subject.emulated === emulated);
    const context = contextOf(slice, subjects, analysis.subjects, EMULATED_NOTE);
    charts.push(...timeCharts(cells, context, analysis.subjects, emulated ? "-emulated" : ""));
  }
  return charts;
}

/** The psync and libaio controls belong to the cost chart; as lines they would only crowd these. */
function isLine(cell: Cell): boolean {
  return cell.scenario.arm === "inline" || cell.scenario.arm === "forced";
}

function contextOf(
  slice: Slice,
  subjects: readonly Subject[],
  all: readonly Subject[],
  emulatedNote: string,
): ChartContext {
  const filesystems = [...new Set(subjects.map((subject) => subject.filesystem))];
  return {
    workload: `${slice.workload}, ${filesystems.join(", ")}`,
    subjects: subjects.map((subject) => subjectName(subject, all)),
    emulatedNote: subjects.some((subject) => subject.emulated) ? emulatedNote : null,
  };
}

function timeCharts(
  cells: readonly Cell[],
  context: ChartContext,
  all: readonly Subject[],
  suffix: string,
): Chart[] {
  const iops = measuredRows(cells, "iops", all);
  const latency = [
    ...measuredRows(cells, "latencyNsP50", all, 1000).map((row) => ({ ...row, quantile: "p50" })),
    ...measuredRows(cells, "latencyNsP99", all, 1000).map((row) => ({ ...row, quantile: "p99" })),
  ];
  const cpu = cpuRows(cells, all);
  const charts: Chart[] = [];
  if (iops.length > 0) charts.push({ name: `iops${suffix}`, spec: iopsChart(iops, context) });
  if (latency.length > 0) {
    charts.push({ name: `latency${suffix}`, spec: latencyChart(latency, context) });
  }
  if (cpu.length > 0) charts.push({ name: `cpu${suffix}`, spec: cpuChart(cpu, context) });
  return charts;
}

const SPENDERS: readonly [Spender, Metric][] = [
  ["submitter", "cpuNsSubmitter"],
  ["io-wq workers", "cpuNsIoWq"],
  ["rest of the system", "cpuNsRest"],
];

function cpuRows(cells: readonly Cell[], all: readonly Subject[]): CpuRow[] {
  return SPENDERS.flatMap(([spender, metric], order) =>
    measuredRows(cells, metric, all, 1000).map((row) => ({
      ...row,
      // Measured in ticks of /proc/stat: a little below zero is zero, and stacks cannot shrink.
      value: Math.max(0, row.value),
      spender,
      order,
    })),
  );
}
