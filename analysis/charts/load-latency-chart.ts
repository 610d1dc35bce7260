import { lineChart, microsecondAxis, RATE_AXIS } from "./lines.js";
import type { MeasuredRow } from "./rows.js";
import { byNumber, type ChartContext, type ChartSpec } from "./spec.js";

export interface LoadRow extends MeasuredRow {
  /** Writes per second that were achieved at this depth or pace. */
  iops: number;
}

/** p99 against achieved load, one point for each queue depth: it shows where more load only adds waiting. */
export function loadLatencyChart(
  rows: readonly LoadRow[],
  context: ChartContext,
  targetUs: number | null,
): ChartSpec {
  const reading =
    "median of the trials' p99; each point is a queue depth, joined from low to high; the knee is where the line turns up";
  const target = {
    mark: { type: "rule", strokeDash: [4, 4], strokeWidth: 1.5, color: "#C2477F" },
    encoding: { y: { datum: targetUs }, x: null, color: null },
  };
  return lineChart("Latency against achieved load", reading, context, rows, {
    x: byNumber("iops", "achieved IOPS", { zero: true }, { ...RATE_AXIS, tickCount: 5 }),
    valueTitle: "p99 latency",
    tooltipTitle: "p99, µs",
    tooltipFormat: ",.1f",
    tooltip: [{ field: "iops", type: "quantitative", title: "IOPS", format: ",.0f" }],
    axis: microsecondAxis(rows.map((row) => row.value)),
    logarithmic: true,
    order: { field: "queueDepth", type: "quantitative" },
    band: false,
    height: 250,
    above: targetUs === null ? [] : [target],
  });
}
