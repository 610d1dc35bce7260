import type { Arm, Preparation } from "../../results/vocabulary.js";
import {
  type ChartContext,
  type ChartSpec,
  chartSpec,
  depthPanels,
  subtitleOf,
} from "./chart-spec.js";
import { RATE_AXIS } from "./lines.js";
import { seriesEncoding } from "./series.js";

/** One trial. */
export interface TrialRow {
  kernel: string;
  series: string;
  preparation: Preparation;
  arm: Arm;
  queueDepth: number;
  round: number;
  run: number;
  iops: number;
}

/** Every trial in the order of rounds: drift and outliers are to be seen before medians are believed. */
export function trialsChart(rows: readonly TrialRow[], context: ChartContext): ChartSpec {
  const { labelled, facet } = depthPanels(rows, context);
  const { color, shape } = seriesEncoding(rows, "line");
  const reading = "one point a trial, in the order of rounds; flat lines are a steady machine";
  return chartSpec("Trial by trial", subtitleOf(context, reading), labelled, {
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
        y: {
          field: "iops",
          type: "quantitative",
          title: "IOPS",
          scale: { zero: true },
          axis: RATE_AXIS,
        },
        color,
        detail: { field: "run", type: "nominal" },
      },
      layer: [
        {
          params: [{ name: "pick", select: { type: "point", fields: ["series"] }, bind: "legend" }],
          mark: { type: "line", strokeWidth: 1, opacity: 0.5 },
          encoding: {
            opacity: { condition: { param: "pick", empty: true, value: 0.5 }, value: 0.04 },
          },
        },
        {
          mark: { type: "point", filled: true, size: 34 },
          encoding: {
            shape,
            opacity: { condition: { param: "pick", empty: true, value: 1 }, value: 0.08 },
            tooltip: [
              { field: "kernel", type: "nominal" },
              { field: "series", type: "nominal", title: "preparation" },
              { field: "queueDepth", type: "quantitative", title: "queue depth" },
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
