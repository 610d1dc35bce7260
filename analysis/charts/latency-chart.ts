import type { MeasuredRow } from "../chart-data/estimate-rows.js";
import {
  type ChartContext,
  type ChartSpec,
  chartSpec,
  rowByKernel,
  subtitleOf,
} from "./chart-spec.js";
import { lineLayers, microsecondAxis, queueDepthAxis } from "./lines.js";

export interface LatencyRow extends MeasuredRow {
  /** "p50" or "p99". */
  quantile: string;
}

/** Latency p50 and p99 against queue depth, a row of panels a kernel. */
export function latencyChart(rows: readonly LatencyRow[], context: ChartContext): ChartSpec {
  const reading =
    "from submission to completion; merged histograms of all trials; bands: 95 % interval; logarithmic";
  return chartSpec("Latency against queue depth", subtitleOf(context, reading), rows, {
    facet: {
      column: {
        field: "quantile",
        type: "nominal",
        title: null,
        sort: ["p50", "p99"],
        header: { labelPadding: 6 },
      },
      row: rowByKernel(context),
    },
    spec: {
      width: 330,
      ...lineLayers(rows, {
        x: queueDepthAxis(rows),
        valueTitle: "latency",
        tooltipFormat: ",.1f",
        tooltipTitle: "latency, µs",
        axis: microsecondAxis(rows.flatMap((row) => [row.lower, row.upper])),
        logarithmic: true,
        height: 210,
      }),
    },
  });
}
