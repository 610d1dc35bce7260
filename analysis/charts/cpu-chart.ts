import type { Arm, Preparation } from "../../results/vocabulary.js";
import {
  type ChartContext,
  type ChartSpec,
  chartSpec,
  depthPanels,
  subtitleOf,
} from "./chart-spec.js";
import { partTooltip } from "./lines.js";
import { seriesIn } from "./series.js";
import { stackedBars } from "./stacked-bars.js";
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
  const { parts, colours } = spendersIn(rows);
  const { labelled, facet } = depthPanels(rows, context);
  const reading = `median CPU time of a write in µs, by who spent it: ${parts.join(", ")}`;
  return chartSpec("CPU per write", subtitleOf(context, reading), labelled, {
    facet,
    spec: stackedBars({
      ...{ part: "spender", partTitle: "spent by", parts, colours },
      valueTitle: "CPU per write, µs",
      bars: { field: "series", sort: seriesIn(rows).map((row) => row.series) },
      width: 215,
      stepPixels: 24,
      tooltip: partTooltip({ field: "spender", title: "spent by" }, "CPU per write, µs"),
    }),
  });
}

/** Those that occur, in their fixed order. */
export function spendersIn(rows: readonly CpuRow[]): { parts: Spender[]; colours: string[] } {
  const spenders = Object.keys(SPENDER_COLOURS) as Spender[];
  const parts = spenders.filter((spender) => rows.some((row) => row.spender === spender));
  return { parts, colours: parts.map((spender) => SPENDER_COLOURS[spender]) };
}
