import { lineChart } from "./lines.js";
import type { MeasuredRow } from "./rows.js";
import { byNumber, type ChartContext, type ChartSpec, distinct } from "./spec.js";

export interface PaceRow extends MeasuredRow {
  intervalMs: number;
  puntsPerSecond: number | null;
}

/** Punts per write against the interval between writes: timestamp punts follow the clock, not the writes. */
export function paceChart(rows: readonly PaceRow[], context: ChartContext): ChartSpec {
  const reading =
    "one write every so often, as a log is written; a kernel that punts once a clock tick punts slow writes most";
  const values = distinct(rows.map((row) => row.intervalMs));
  const scale = { type: "log", nice: false, padding: 12 };
  return lineChart("Punts against pace", reading, context, rows, {
    x: byNumber("intervalMs", "time between writes, ms", scale, { values, format: "~r" }),
    valueTitle: "punts per write",
    tooltipFormat: ".2%",
    tooltip: [
      { field: "intervalMs", type: "quantitative", title: "every, ms" },
      { field: "puntsPerSecond", type: "quantitative", title: "punts per second", format: ",.1f" },
    ],
    axis: { format: ".0%", values: [0, 0.25, 0.5, 0.75, 1] },
    scale: { domain: [0, 1], nice: false, padding: 8 },
  });
}
