import type { MeasuredRow } from "../chart-data/estimate-rows.js";
import {
  type ChartContext,
  type ChartSpec,
  chartSpec,
  kernelPanels,
  subtitleOf,
} from "./chart-spec.js";
import { lineLayers, queueDepthAxis } from "./lines.js";

/** io-wq worker threads, at their peak, against queue depth. */
export function workersChart(rows: readonly MeasuredRow[], context: ChartContext): ChartSpec {
  const reading =
    "most worker threads of the ring seen at once, median over trials; bands: 95 % interval";
  const lines = lineLayers(rows, {
    x: queueDepthAxis(rows),
    valueTitle: "io-wq workers",
    tooltipFormat: ",.1f",
    axis: { tickMinStep: 1, format: "d" },
  });
  return chartSpec(
    "io-wq workers against queue depth",
    subtitleOf(context, reading),
    rows,
    kernelPanels(context, lines),
  );
}
