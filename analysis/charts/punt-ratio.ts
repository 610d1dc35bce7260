import type { EstimateRow } from "../chart-rows.js";
import {
  type ChartContext,
  type ChartSpec,
  chartSpec,
  facetByKernel,
  subtitleOf,
} from "./chart.js";
import { intervalTooltip, KERNEL_AND_SERIES } from "./lines.js";
import { formatPercent } from "./percent.js";
import { seriesIn } from "./series.js";

/** Pale to dark also without colour: none, some, every write. */
export const PUNT_SCALE = {
  domain: [0, 0.5, 1],
  range: ["#E3F1EA", "#F2B65A", "#D55E00"],
} as const;

const GAPS = { paddingInner: 0.05, paddingOuter: 0.02 };

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
          scale: GAPS,
          axis: { labelAngle: 0, orient: "bottom", domain: false, ticks: false },
        },
        y: {
          field: "series",
          type: "nominal",
          title: null,
          sort: seriesIn(rows).map((row) => row.series),
          scale: GAPS,
          axis: { domain: false, ticks: false, labelPadding: 6 },
        },
      },
      layer: [heatCells(), heatLabels()],
    },
    resolve: { axis: { x: "independent" } },
  });
}

function heatCells(): ChartSpec {
  return {
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
  };
}

function heatLabels(): ChartSpec {
  return {
    mark: { type: "text", fontSize: 11 },
    encoding: {
      text: { field: "label", type: "nominal" },
      color: {
        condition: { test: "datum.value !== null && datum.value > 0.75", value: "#ffffff" },
        value: "#1f2328",
      },
    },
  };
}

/** "n/m" for null, which is not zero. */
export function puntLabel(ratio: number | null): string {
  return ratio === null ? "n/m" : formatPercent(ratio);
}
