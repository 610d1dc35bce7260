import { intervalWords } from "../estimates/format.js";
import { lineChart, microsecondAxis } from "./lines.js";
import type { MeasuredRow } from "./rows.js";
import { byNumber, type ChartContext, type ChartSpec } from "./spec.js";

export interface PercentileRow extends MeasuredRow {
  /** One write in `oneIn` takes longer: on this axis the tail has as much room as the middle. */
  oneIn: number;
  /** "p99.9". */
  percentile: string;
}

/** Latency by percentile at one queue depth, on HdrHistogram's axis. */
export function percentileChart(rows: readonly PercentileRow[], context: ChartContext): ChartSpec {
  const depth = rows[0]?.queueDepth;
  const reading = `at queue depth ${depth}; all writes of all trials together (merged histograms); bands: ${intervalWords(rows)}, by whole trials; both axes logarithmic`;
  const scale = { type: "log", nice: false, padding: 8 };
  return lineChart("Latency by percentile", reading, context, rows, {
    x: byNumber("oneIn", "percentile of writes", scale, {
      values: [2, 10, 100, 1000, 10000],
      labelExpr: "datum.value === 2 ? '50 %' : format(100 - 100 / datum.value, '.10~f') + ' %'",
    }),
    valueTitle: "latency",
    tooltipTitle: "latency, µs",
    tooltipFormat: ",.1f",
    tooltip: [{ field: "percentile", type: "nominal" }],
    axis: microsecondAxis(rows.flatMap((row) => [row.lower, row.upper])),
    logarithmic: true,
    height: 250,
  });
}
