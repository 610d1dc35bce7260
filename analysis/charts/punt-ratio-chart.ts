import { HEAT_GAPS, heatLayers, puntLabel } from "./heat.js";
import type { EstimateRow } from "./rows.js";
import { seriesNames } from "./series.js";
import {
  byName,
  type ChartContext,
  type ChartSpec,
  chartSpec,
  distinct,
  facetByKernel,
} from "./spec.js";

/** Punts per write as a table of coloured cells, preparation by queue depth, one table for each kernel. */
export function puntRatioChart(rows: readonly EstimateRow[], context: ChartContext): ChartSpec {
  const cells = rows.map((row) => ({ ...row, label: puntLabel(row.value) }));
  const depths = distinct(rows.map((row) => row.queueDepth));
  const reading = "share of writes that the kernel handed to an io-wq worker; n/m: not measured";
  return chartSpec("Punts per write", reading, context, cells, {
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
        y: byName("series", seriesNames(rows), {
          scale: HEAT_GAPS,
          axis: { domain: false, ticks: false, labelPadding: 6 },
        }),
      },
      layer: heatLayers(11),
    },
    resolve: { axis: { x: "independent" } },
  });
}
