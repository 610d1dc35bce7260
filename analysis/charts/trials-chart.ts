import { KERNEL_AND_SERIES, pickedOpacity, RATE_AXIS } from "./lines.js";
import type { ScenarioRow } from "./rows.js";
import { seriesEncoding } from "./series.js";
import { byNumber, type ChartContext, type ChartSpec, chartSpec, depthPanels } from "./spec.js";

/** One trial. */
export interface TrialRow extends ScenarioRow {
  round: number;
  run: number;
  iops: number;
}

/** Every trial in the order of rounds: look for drift and outliers before you believe a median. */
export function trialsChart(rows: readonly TrialRow[], context: ChartContext): ChartSpec {
  const { labelled, facet } = depthPanels(rows, context);
  const { color, shape } = seriesEncoding(rows);
  const reading = "one point a trial, in the order of rounds; flat lines are a steady machine";
  return chartSpec("Trial by trial", reading, context, labelled, {
    facet,
    spec: {
      width: 250,
      height: 170,
      encoding: {
        x: {
          field: "round",
          type: "quantitative",
          title: "round",
          axis: { tickMinStep: 1, format: "d" },
          scale: { nice: false, padding: 10 },
        },
        y: byNumber("iops", "IOPS", { zero: true }, RATE_AXIS),
        color,
        detail: { field: "run", type: "nominal" },
      },
      layer: [
        {
          params: [{ name: "pick", select: { type: "point", fields: ["series"] }, bind: "legend" }],
          mark: { type: "line", strokeWidth: 1, opacity: 0.5 },
          encoding: { opacity: pickedOpacity(0.5, 0.04) },
        },
        {
          mark: { type: "point", filled: true, size: 34 },
          encoding: {
            shape,
            opacity: pickedOpacity(1, 0.08),
            tooltip: [
              ...KERNEL_AND_SERIES,
              { field: "round", type: "quantitative" },
              { field: "iops", type: "quantitative", title: "IOPS", format: ",.0f" },
            ],
          },
        },
      ],
    },
    resolve: { scale: { y: "independent" } },
  });
}
