import type { MeasuredRow } from "../chart-data/estimate-rows.js";
import {
  type ChartContext,
  type ChartSpec,
  chartSpec,
  kernelPanels,
  subtitleOf,
} from "./chart-spec.js";
import { lineLayers, microsecondAxis, RATE_AXIS } from "./lines.js";

export interface LoadRow extends MeasuredRow {
  /** Writes per second that were achieved at this depth or pace. */
  iops: number;
}

/** p99 against achieved load, point by point along the queue depth: where more load only buys waiting. */
export function loadLatencyChart(
  rows: readonly LoadRow[],
  context: ChartContext,
  targetUs: number | null,
): ChartSpec {
  const reading =
    "each point is a queue depth, joined from low to high; the knee is where the line turns up";
  const layers = lineLayers(rows, {
    x: {
      field: "iops",
      type: "quantitative",
      title: "achieved IOPS",
      scale: { zero: true },
      axis: { ...RATE_AXIS, tickCount: 5 },
    },
    valueTitle: "p99 latency",
    tooltipTitle: "p99, µs",
    tooltipFormat: ",.1f",
    tooltip: [{ field: "iops", type: "quantitative", title: "IOPS", format: ",.0f" }],
    axis: microsecondAxis(rows.map((row) => row.value)),
    logarithmic: true,
    order: { field: "queueDepth", type: "quantitative" },
    band: false,
    height: 250,
  });
  const target =
    targetUs === null
      ? []
      : [
          {
            mark: { type: "rule", strokeDash: [4, 4], strokeWidth: 1.5, color: "#C2477F" },
            encoding: { y: { datum: targetUs }, x: null, color: null },
          },
        ];
  const lines = { ...layers, layer: [...(layers.layer as ChartSpec[]), ...target] };
  const subtitle = subtitleOf(context, reading);
  return chartSpec("Latency against achieved load", subtitle, rows, kernelPanels(context, lines));
}
