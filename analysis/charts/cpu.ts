import type { Arm, Preparation } from "../../results/vocabulary.js";
import { type ChartContext, type ChartSpec, chartSpec, rowByKernel, subtitleOf } from "./chart.js";
import { intervalTooltip, KERNEL_AND_SERIES } from "./lines.js";
import { seriesIn } from "./series.js";
import { SPENDER_COLOURS } from "./theme.js";

export type Spender = keyof typeof SPENDER_COLOURS;

/** One part of a stacked bar. */
export interface CpuRow {
  kernel: string;
  series: string;
  preparation: Preparation;
  arm: Arm;
  queueDepth: number;
  spender: Spender;
  /** Position in the stack. */
  order: number;
  /** CPU microseconds per write. */
  value: number;
  lower: number;
  upper: number;
  trials: number;
  boots: number;
}

/** CPU per write stacked by who spent it: panels by queue depth, rows by kernel. */
export function cpuChart(rows: readonly CpuRow[], context: ChartContext): ChartSpec {
  const spenders = Object.keys(SPENDER_COLOURS) as Spender[];
  const present = spenders.filter((spender) => rows.some((row) => row.spender === spender));
  const depths = [...new Set(rows.map((row) => row.queueDepth))].sort((a, b) => a - b);
  const labelled = rows.map((row) => ({ ...row, depth: `queue depth ${row.queueDepth}` }));
  const reading = `median CPU time of a write in µs, by who spent it: ${present.join(", ")}`;
  return chartSpec("CPU per write", subtitleOf(context, reading), labelled, {
    facet: {
      column: {
        field: "depth",
        type: "nominal",
        title: null,
        sort: depths.map((depth) => `queue depth ${depth}`),
        header: { labelPadding: 6 },
      },
      row: rowByKernel(context),
    },
    spec: {
      width: 215,
      height: { step: 24 },
      params: [{ name: "pick", select: { type: "point", fields: ["spender"] }, bind: "legend" }],
      mark: { type: "bar" },
      encoding: cpuEncoding(rows, present),
    },
  });
}

function cpuEncoding(rows: readonly CpuRow[], present: readonly Spender[]): ChartSpec {
  return {
    y: {
      field: "series",
      type: "nominal",
      title: null,
      sort: seriesIn(rows).map((row) => row.series),
      axis: { domain: false, ticks: false, labelPadding: 6 },
    },
    x: { field: "value", type: "quantitative", title: "CPU per write, µs", stack: "zero" },
    color: {
      field: "spender",
      type: "nominal",
      title: "spent by",
      scale: { domain: present, range: present.map((spender) => SPENDER_COLOURS[spender]) },
      legend: { orient: "top", symbolType: "square" },
    },
    order: { field: "order", type: "quantitative" },
    opacity: { condition: { param: "pick", empty: true, value: 1 }, value: 0.12 },
    tooltip: [
      ...KERNEL_AND_SERIES,
      { field: "spender", type: "nominal", title: "spent by" },
      { field: "value", type: "quantitative", title: "CPU per write, µs", format: ",.2f" },
      ...intervalTooltip(",.2f"),
    ],
  };
}
