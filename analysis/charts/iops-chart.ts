import { intervalWords } from "../estimates/format.js";
import { lineChart, queueDepthAxis, RATE_AXIS } from "./lines.js";
import type { MeasuredRow } from "./rows.js";
import type { ChartContext, ChartSpec } from "./spec.js";

/** IOPS against queue depth: one line for each preparation, the band is the spread of the trials. */
export function iopsChart(rows: readonly MeasuredRow[], context: ChartContext): ChartSpec {
  const reading = `median of the trials; bands: ${intervalWords(rows)}`;
  return lineChart("Writes per second against queue depth", reading, context, rows, {
    x: queueDepthAxis(rows),
    valueTitle: "IOPS",
    tooltipFormat: ",.0f",
    axis: RATE_AXIS,
  });
}
