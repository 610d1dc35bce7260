import type { EstimateRow } from "../chart-data/estimate-rows.js";
import {
  type ChartContext,
  type ChartSpec,
  chartSpec,
  facetByKernel,
  subtitleOf,
} from "./chart-spec.js";
import { HEAT_GAPS, heatLayers, puntLabel } from "./heat.js";
import { seriesIn } from "./series.js";

/** Punts per write as a table of coloured cells, preparation by queue depth, one table a kernel. */
export function puntRatioChart(rows: readonly EstimateRow[], context: ChartContext): ChartSpec {
  const cells = rows.map((row) => ({ ...row, label: puntLabel(row.value) }));
  const depths = [...new Set(rows.map((row) => row.queueDepth))].sort((a, b) => a - b);
  const reading = "share of writes that the kernel handed to an io-wq worker; n/m: not measured";
  return chartSpec("Punts per write", subtitleOf(context, reading), cells, {
    ...facetByKernel(context),
    spec: {
      width: Math.max(2, depths.length) * 62,
      height: { step: 30 },
      encoding: {
        x: {
          field: "queueDepth",
          type: "ordinal",
          title: "queue depth",
          sort: depths,
          scale: HEAT_GAPS,
          axis: { labelAngle: 0, orient: "bottom", domain: false, ticks: false },
        },
        y: {
          field: "series",
          type: "nominal",
          title: null,
          sort: seriesIn(rows).map((row) => row.series),
          scale: HEAT_GAPS,
          axis: { domain: false, ticks: false, labelPadding: 6 },
        },
      },
      layer: heatLayers(11),
    },
    resolve: { axis: { x: "independent" } },
  });
}
