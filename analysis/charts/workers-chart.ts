import { intervalWords } from "../estimates/format.js";
import { lineChart, queueDepthAxis } from "./lines.js";
import type { MeasuredRow } from "./rows.js";
import type { ChartContext, ChartSpec } from "./spec.js";

/** io-wq worker threads, at their peak, against queue depth. */
export function workersChart(rows: readonly MeasuredRow[], context: ChartContext): ChartSpec {
  const reading = `most worker threads of the ring seen at once, median over trials; bands: ${intervalWords(rows)}`;
  return lineChart("io-wq workers against queue depth", reading, context, rows, {
    x: queueDepthAxis(rows),
    valueTitle: "io-wq workers",
    tooltipFormat: ",.1f",
    axis: { tickMinStep: 1, format: "d" },
  });
}
