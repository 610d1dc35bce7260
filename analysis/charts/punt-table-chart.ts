import { HEAT_GAPS, heatLayers, puntLabel } from "./heat.js";
import type { EstimateRow } from "./rows.js";
import { seriesNames } from "./series.js";
import { byName, type ChartContext, type ChartSpec, chartSpec } from "./spec.js";

/** Kernel by preparation at one queue depth: the published table, measured. */
export function puntTableChart(rows: readonly EstimateRow[], context: ChartContext): ChartSpec {
  const depth = rows[0]?.queueDepth;
  const cells = rows.map((row) => ({ ...row, label: puntLabel(row.value) }));
  const reading = `share of writes handed to an io-wq worker at queue depth ${depth}; n/m: not measured`;
  return chartSpec("Does my write punt?", reading, context, cells, {
    width: { step: 116 },
    height: { step: 34 },
    encoding: {
      x: byName("series", seriesNames(rows), {
        scale: HEAT_GAPS,
        axis: { orient: "top", labelAngle: 0, domain: false, ticks: false, labelPadding: 8 },
      }),
      y: byName("kernel", context.subjects, {
        scale: HEAT_GAPS,
        axis: { domain: false, ticks: false, labelPadding: 8, labelFontWeight: "bold" },
      }),
    },
    layer: heatLayers(12),
  });
}
