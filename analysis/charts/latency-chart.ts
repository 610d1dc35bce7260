import { intervalWords } from "../estimates/format.js";
import { lineLayers, microsecondAxis, queueDepthAxis } from "./lines.js";
import type { MeasuredRow } from "./rows.js";
import { byName, type ChartContext, type ChartSpec, chartSpec, rowByKernel } from "./spec.js";

export interface LatencyRow extends MeasuredRow {
  quantile: "p50" | "p99";
}

/** Latency p50 and p99 against queue depth, a row of panels for each kernel. */
export function latencyChart(rows: readonly LatencyRow[], context: ChartContext): ChartSpec {
  const reading = `from submission to completion; medians of the trials' p50 and p99; bands: ${intervalWords(rows)}; logarithmic`;
  const lines = lineLayers(rows, {
    x: queueDepthAxis(rows),
    valueTitle: "latency",
    tooltipFormat: ",.1f",
    tooltipTitle: "latency, µs",
    axis: microsecondAxis(rows.flatMap((row) => [row.lower, row.upper])),
    logarithmic: true,
    height: 210,
  });
  return chartSpec("Latency against queue depth", reading, context, rows, {
    facet: {
      column: byName("quantile", ["p50", "p99"], { header: { labelPadding: 6 } }),
      row: rowByKernel(context),
    },
    spec: { width: 330, ...lines },
  });
}
