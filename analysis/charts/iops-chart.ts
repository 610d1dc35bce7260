import type { MeasuredRow } from "../chart-data/estimate-rows.js";
import {
  type ChartContext,
  type ChartSpec,
  chartSpec,
  kernelPanels,
  subtitleOf,
} from "./chart-spec.js";
import { lineLayers, queueDepthAxis, RATE_AXIS } from "./lines.js";

/** IOPS against queue depth: one line a preparation, the bar is the spread of the trials. */
export function iopsChart(rows: readonly MeasuredRow[], context: ChartContext): ChartSpec {
  const reading =
    "median of the trials; bands: 95 % interval (with 5 trials or fewer: their range)";
  const lines = lineLayers(rows, {
    x: queueDepthAxis(rows),
    valueTitle: "IOPS",
    tooltipFormat: ",.0f",
    axis: RATE_AXIS,
  });
  return chartSpec(
    "Writes per second against queue depth",
    subtitleOf(context, reading),
    rows,
    kernelPanels(context, lines),
  );
}
