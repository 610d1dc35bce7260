import type { EstimateRow } from "../chart-rows.js";
import { type ChartContext, type ChartSpec, chartSpec, subtitleOf } from "./chart.js";
import { intervalTooltip, KERNEL_AND_SERIES } from "./lines.js";
import { PUNT_SCALE, puntLabel } from "./punt-ratio.js";
import { seriesIn } from "./series.js";

const GAPS = { paddingInner: 0.05, paddingOuter: 0.02 };

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
        scale: GAPS,
        axis: { orient: "top", labelAngle: 0, domain: false, ticks: false, labelPadding: 8 },
      },
      y: {
        field: "kernel",
        type: "nominal",
        title: null,
        sort: context.subjects,
        scale: GAPS,
        axis: { domain: false, ticks: false, labelPadding: 8, labelFontWeight: "bold" },
      },
    },
    layer: [
      {
        mark: { type: "rect", cornerRadius: 3 },
        encoding: {
          color: {
            condition: { test: "datum.value === null", value: "#c9ced4" },
            field: "value",
            type: "quantitative",
            scale: PUNT_SCALE,
            legend: null,
          },
          tooltip: [
            ...KERNEL_AND_SERIES,
            { field: "label", type: "nominal", title: "punts per write" },
            ...intervalTooltip(".2%"),
          ],
        },
      },
      {
        mark: { type: "text", fontSize: 12 },
        encoding: {
          text: { field: "label", type: "nominal" },
          color: {
            condition: { test: "datum.value !== null && datum.value > 0.75", value: "#ffffff" },
            value: "#1f2328",
          },
        },
      },
    ],
  });
}
