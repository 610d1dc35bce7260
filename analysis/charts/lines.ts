import type { ChartSpec } from "./chart.js";
import { type SeriesRow, seriesEncoding } from "./series.js";

export interface LineOptions {
  valueTitle: string;
  /** d3-format of value and interval in tooltips. */
  tooltipFormat: string;
  tooltipTitle?: string;
  axis: ChartSpec;
  logarithmic?: boolean;
  height?: number;
}

interface LineRow extends SeriesRow {
  queueDepth: number;
}

/** Queue depths double, so their axis is logarithmic; every measured depth is labelled. */
export function queueDepthAxis(rows: readonly { queueDepth: number }[]): ChartSpec {
  const depths = [...new Set(rows.map((row) => row.queueDepth))].sort((a, b) => a - b);
  return {
    field: "queueDepth",
    type: "quantitative",
    title: "queue depth",
    scale: { type: "log", base: 2, nice: false, padding: 12 },
    axis: { values: depths, format: "d", labelOverlap: "greedy" },
  };
}

/** 80k rather than 80,000, and 0 rather than 0k. */
export const RATE_AXIS: ChartSpec = {
  labelExpr: "datum.value === 0 ? '0' : format(datum.value, '~s')",
};

/** A logarithmic axis in µs with a line for each power of ten, labelled 100 µs, 1 ms, 10 ms. */
export function microsecondAxis(values: readonly number[]): ChartSpec {
  const positive = values.filter((value) => value > 0);
  const lowest = Math.floor(Math.log10(Math.min(...positive)));
  const highest = Math.ceil(Math.log10(Math.max(...positive)));
  const powers: number[] = [];
  for (let power = lowest; power <= highest; power += 1) powers.push(10 ** power);
  return {
    values: powers,
    labelExpr:
      "datum.value >= 1e6 ? datum.value / 1e6 + ' s' : datum.value >= 1000 ? datum.value / 1000 + ' ms' : datum.value + ' µs'",
  };
}

/**
 * Layers of lines with interval bands over queue depth: legend filter and zoom on the first layer
 * (elsewhere Vega-Lite drops or rejects them), points large enough to hit with the mouse.
 */
export function lineLayers(rows: readonly LineRow[], options: LineOptions): ChartSpec {
  const { valueTitle, tooltipFormat, axis, logarithmic = false } = options;
  const scale = logarithmic ? { type: "log", nice: false, padding: 6 } : { zero: true };
  const { color, strokeDash, shape } = seriesEncoding(rows, "line");
  const dimmed = {
    condition: { param: "pick", empty: true, value: 1 },
    value: 0.1,
  };
  return {
    height: options.height ?? 230,
    encoding: {
      x: queueDepthAxis(rows),
      y: {
        field: "value",
        type: "quantitative",
        title: valueTitle,
        scale,
        axis,
      },
      color,
    },
    layer: [
      {
        params: [
          { name: "pick", select: { type: "point", fields: ["series"] }, bind: "legend" },
          { name: "zoom", select: "interval", bind: "scales" },
        ],
        mark: { type: "line", strokeWidth: 2 },
        encoding: { opacity: dimmed, strokeDash },
      },
      {
        mark: { type: "errorbar", ticks: true, thickness: 1.2 },
        encoding: {
          y: { field: "lower", type: "quantitative", title: valueTitle, scale },
          y2: { field: "upper" },
          opacity: dimmed,
        },
      },
      {
        mark: { type: "point", filled: true, size: 60, opacity: 1 },
        encoding: {
          opacity: dimmed,
          shape,
          tooltip: lineTooltip(options.tooltipTitle ?? valueTitle, tooltipFormat),
        },
      },
    ],
  };
}

function lineTooltip(title: string, format: string): ChartSpec[] {
  return [
    { field: "kernel", type: "nominal" },
    { field: "series", type: "nominal", title: "preparation" },
    { field: "queueDepth", type: "quantitative", title: "queue depth" },
    { field: "value", type: "quantitative", title, format },
    { field: "lower", type: "quantitative", title: "95 % interval from", format },
    { field: "upper", type: "quantitative", title: "to", format },
    { field: "trials", type: "quantitative" },
    { field: "boots", type: "quantitative" },
  ];
}
