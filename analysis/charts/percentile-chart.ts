import type { MeasuredRow } from "../chart-data/estimate-rows.js";
import {
  type ChartContext,
  type ChartSpec,
  chartSpec,
  kernelPanels,
  subtitleOf,
} from "./chart-spec.js";
import { lineLayers, microsecondAxis } from "./lines.js";

export interface PercentileRow extends MeasuredRow {
  /** "99.9 %". */
  percentile: string;
  /** One write in `oneIn` takes longer: the axis on which a tail is not squeezed away. */
  oneIn: number;
}

/** Latency by percentile at one queue depth, on HdrHistogram's axis. */
export function percentileChart(rows: readonly PercentileRow[], context: ChartContext): ChartSpec {
  const depth = rows[0]?.queueDepth;
  const reading = `at queue depth ${depth}; merged histograms of all trials; bands: 95 % interval; both axes logarithmic`;
  const lines = lineLayers(rows, {
    x: {
      field: "oneIn",
      type: "quantitative",
      title: "percentile of writes",
      scale: { type: "log", nice: false, padding: 8 },
      axis: {
        values: [2, 10, 100, 1000, 10000],
        labelExpr: "datum.value === 2 ? '50 %' : format(100 - 100 / datum.value, '.10~f') + ' %'",
      },
    },
    valueTitle: "latency",
    tooltipTitle: "latency, µs",
    tooltipFormat: ",.1f",
    tooltip: [{ field: "percentile", type: "nominal" }],
    axis: microsecondAxis(rows.flatMap((row) => [row.lower, row.upper])),
    logarithmic: true,
    height: 250,
  });
  return chartSpec(
    "Latency by percentile",
    subtitleOf(context, reading),
    rows,
    kernelPanels(context, lines),
  );
}
