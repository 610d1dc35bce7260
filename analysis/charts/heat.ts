import { formatPercent } from "../../terminal/percent.js";
import { intervalTooltip, KERNEL_AND_SERIES } from "./lines.js";
import type { ChartSpec } from "./spec.js";

/** None, some, every write: from pale to dark, so that it also reads without colour. */
const PUNT_SCALE = {
  domain: [0, 0.5, 1],
  range: ["#E3F1EA", "#F2B65A", "#D55E00"],
} as const;

/** Between the cells of a table. */
export const HEAT_GAPS = { paddingInner: 0.05, paddingOuter: 0.02 };

export const SCENARIO_TOOLTIP: ChartSpec[] = [
  ...KERNEL_AND_SERIES,
  { field: "label", type: "nominal", title: "punts per write" },
  ...intervalTooltip(".2%"),
];

/** Of words on a cell. */
export const LABEL_COLOUR = {
  condition: { test: "datum.value !== null && datum.value > 0.75", value: "#ffffff" },
  value: "#1f2328",
};

/** Coloured cells with their punt ratio written on them. Rows have `value` and `label`. */
export function heatLayers(fontSize: number, tooltip = SCENARIO_TOOLTIP): ChartSpec[] {
  const cells = {
    mark: { type: "rect", cornerRadius: 3 },
    encoding: {
      color: {
        condition: { test: "datum.value === null", value: "#c9ced4" },
        field: "value",
        type: "quantitative",
        scale: PUNT_SCALE,
        legend: null,
      },
      tooltip,
    },
  };
  const labels = {
    mark: { type: "text", fontSize },
    encoding: {
      text: { field: "label", type: "nominal" },
      color: LABEL_COLOUR,
    },
  };
  return [cells, labels];
}

/** "n/m", not measured, for null. */
export function puntLabel(ratio: number | null): string {
  return ratio === null ? "n/m" : formatPercent(ratio);
}
