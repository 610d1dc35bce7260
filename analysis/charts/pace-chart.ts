import type { MeasuredRow } from "../chart-data/estimate-rows.js";
import {
  type ChartContext,
  type ChartSpec,
  chartSpec,
  kernelPanels,
  subtitleOf,
} from "./chart-spec.js";
import { lineLayers } from "./lines.js";

export interface PaceRow extends MeasuredRow {
  intervalMs: number;
}

/** Punts per write against the interval between writes: timestamp punts follow the clock, not the writes. */
export function paceChart(rows: readonly PaceRow[], context: ChartContext): ChartSpec {
  const reading =
    "one write every so often, as a log is written; a kernel that punts once a clock tick punts slow writes most";
  const values = [...new Set(rows.map((row) => row.intervalMs))].sort((a, b) => a - b);
  const lines = lineLayers(rows, {
    x: {
      field: "intervalMs",
      type: "quantitative",
      title: "time between writes, ms",
      scale: { type: "log", nice: false, padding: 12 },
      axis: { values, format: "~r" },
    },
    valueTitle: "punts per write",
    tooltipFormat: ".2%",
    tooltip: [
      { field: "intervalMs", type: "quantitative", title: "every, ms" },
      {
        field: "puntsPerSecond",
        type: "quantitative",
        title: "punts per second",
        format: ",.1f",
      },
    ],
    axis: { format: ".0%", values: [0, 0.25, 0.5, 0.75, 1] },
    scale: { domain: [0, 1], nice: false, padding: 8 },
  });
  return chartSpec(
    "Punts against pace",
    subtitleOf(context, reading),
    rows,
    kernelPanels(context, lines),
  );
}
