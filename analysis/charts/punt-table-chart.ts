import type { EstimateRow } from "../chart-data/estimate-rows.js";
import { type ChartContext, type ChartSpec, chartSpec, subtitleOf } from "./chart-spec.js";
import { HEAT_GAPS, heatLayers, puntLabel } from "./heat.js";
import { seriesIn } from "./series.js";

/** Kernel by preparation at one queue depth: the published table, measured. */
export function puntTableChart(rows: readonly EstimateRow[], context: ChartContext): ChartSpec {
  const depth = rows[0]?.queueDepth;
  const cells = rows.map((row) => ({ ...row, label: puntLabel(row.value) }));
  const reading = `share of writes handed to an io-wq worker at queue depth ${depth}; n/m: not measured`;
  return chartSpec("Does my write punt?", subtitleOf(context, reading), cells, {
    width: { step: 116 },
    height: { step: 34 },
    encoding: {
      x: {
        field: "series",
        type: "nominal",
        title: null,
        sort: seriesIn(rows).map((row) => row.series),
        scale: HEAT_GAPS,
        axis: { orient: "top", labelAngle: 0, domain: false, ticks: false, labelPadding: 8 },
      },
      y: {
        field: "kernel",
        type: "nominal",
        title: null,
        sort: context.subjects,
        scale: HEAT_GAPS,
        axis: { domain: false, ticks: false, labelPadding: 8, labelFontWeight: "bold" },
      },
    },
    layer: heatLayers(12),
  });
}
