import { METRICS, type Metric } from "../../results/metrics.js";
import { extentWords, seriesName } from "../../results/scenario.js";
import { numberColumns, textColumns } from "../../terminal/table.js";
import { formatBytes, formatNs } from "../../terminal/units.js";
import type { Cell } from "../cells/cell.js";
import type { Unit } from "../cells/run.js";
import { EMULATED_NOTE, type Subject, subjectName } from "../cells/subject.js";
import { bootsOf } from "../cells/values.js";
import { countCharts } from "../chart-data/count-charts.js";
import { scopeOf } from "../chart-data/scope.js";
import { timeCharts } from "../chart-data/time-charts.js";
import { estimate } from "../estimates/estimate.js";
import { estimateWords, intervalWords } from "../estimates/format.js";
import type { Analysis } from "../loading/analysis.js";
import { type Block, fold, pageOnlyChart, type Section, table, text } from "./model.js";

const COLUMNS: readonly Metric[] = [
  "puntRatio",
  "puntsPerSecond",
  "iops",
  "latencyNsP50",
  "latencyNsP90",
  "latencyNsP99",
  "latencyNsP999",
  "stallNsP99",
  "stallNsMax",
  "cpuNsSubmitter",
  "cpuNsIoWq",
  "cpuNsKernelWorkers",
  "cpuNsKernelWorkersIdle",
  "cpuNsSystem",
  "workersPeak",
  "preparationNsPerGib",
  "instructions",
];

/** For each kernel: every scenario with its intervals, and charts of this kernel alone. */
export function kernelSections(analysis: Analysis, targetUs: number | null): Section {
  const several = analysis.subjects.length > 1;
  const blocks = analysis.subjects.map((subject, index) =>
    fold(
      `${subjectName(subject, analysis.subjects)}${several ? "" : ", every scenario"}`,
      ...kernelBlocks(analysis, subject, several ? `-kernel${index + 1}` : null, targetUs),
    ),
  );
  return { id: "kernels", title: "Kernel by kernel", blocks };
}

function kernelBlocks(
  analysis: Analysis,
  subject: Subject,
  chartSuffix: string | null,
  targetUs: number | null,
): Block[] {
  const cells = analysis.cells.filter((cell) => cell.subject === subject);
  const scope = chartSuffix ? scopeOf(analysis, (other) => other === subject, chartSuffix) : null;
  const estimates = cells.flatMap(
    (cell) => estimate(cell, "iops") ?? estimate(cell, "puntRatio") ?? [],
  );
  const charts = scope ? [...countCharts(scope), ...timeCharts(scope, targetUs)] : [];
  return [
    ...(subject.emulated ? [text(`This kernel was ${EMULATED_NOTE}; counts are exact.`)] : []),
    text(`Medians over trials, p50 to p99.9 too; in brackets: ${intervalWords(estimates)}.`),
    estimateTable(cells, analysis.unit),
    ...charts.filter(({ name }) => !name.startsWith("punt-table")).map(pageOnlyChart),
  ];
}

function estimateTable(cells: readonly Cell[], unit: Unit): Block {
  const shown = COLUMNS.filter((metric) =>
    cells.some((cell) => cell.runOf.length > 0 && estimate(cell, metric) !== null),
  );
  const columns = [
    ...textColumns("scenario"),
    ...numberColumns("trials", ...shown.map((metric) => METRICS[metric].title)),
  ];
  const rows = cells.map((cell) => [
    scenarioWords(cell),
    trialWords(cell, unit),
    ...shown.map((metric) =>
      estimateWords(metric, cell.runOf.length > 0 ? estimate(cell, metric) : null),
    ),
  ]);
  return table(columns, rows);
}

function scenarioWords({ scenario }: Cell): string {
  const pace = scenario.intervalNs > 0 ? `, every ${formatNs(scenario.intervalNs)}` : "";
  const sizes = `${formatBytes(scenario.blockSizeBytes)} of ${extentWords(scenario)}`;
  return `${seriesName(scenario)}, depth ${scenario.queueDepth}, ${sizes}${pace}`;
}

function trialWords(cell: Cell, unit: Unit): string {
  const boots = bootsOf(cell);
  const bad = cell.failed + cell.skipped > 0 ? `, ${cell.failed + cell.skipped} not ok` : "";
  return `${cell.runOf.length}${boots > 1 ? ` of ${boots} ${unit}s` : ""}${bad}`;
}
