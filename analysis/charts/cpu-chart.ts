import { partTooltip } from "./lines.js";
import type { ValueRow } from "./rows.js";
import { seriesNames } from "./series.js";
import { type ChartContext, type ChartSpec, chartSpec, depthPanels } from "./spec.js";
import { stackedBars } from "./stacked-bars.js";
import { SPENDER_COLOURS } from "./theme.js";

export type Spender = keyof typeof SPENDER_COLOURS;

/** What one spender used: CPU microseconds, or thousand instructions, per write. */
export interface SpenderRow extends ValueRow {
  spender: Spender;
  /** Position in the stack. */
  order: number;
}

/** CPU per write stacked by who spent it: panels by queue depth, rows by kernel. */
export function cpuChart(rows: readonly SpenderRow[], context: ChartContext): ChartSpec {
  const { parts, colours } = spendersIn(rows);
  const { labelled, facet } = depthPanels(rows, context);
  const reading = `median CPU time of a write in µs, by who spent it: ${parts.join(", ")}`;
  return chartSpec("CPU per write", reading, context, labelled, {
    facet,
    spec: stackedBars({
      part: "spender",
      partTitle: "spent by",
      parts,
      colours,
      valueTitle: "CPU per write, µs",
      bars: { field: "series", sort: seriesNames(rows) },
      width: 215,
      stepPixels: 24,
      tooltip: partTooltip({ field: "spender", title: "spent by" }, "CPU per write, µs"),
    }),
  });
}

/** Those that occur, in their fixed order. */
export function spendersIn(rows: readonly SpenderRow[]): { parts: Spender[]; colours: string[] } {
  const spenders = Object.keys(SPENDER_COLOURS) as Spender[];
  const parts = spenders.filter((spender) => rows.some((row) => row.spender === spender));
  return { parts, colours: parts.map((spender) => SPENDER_COLOURS[spender]) };
}
