import type { SeriesRow } from "./rows.js";
import { seriesEncoding } from "./series.js";
import {
  byNumber,
  type ChartContext,
  type ChartSpec,
  chartSpec,
  distinct,
  kernelPanels,
} from "./spec.js";

export interface LineOptions {
  x: ChartSpec;
  valueTitle: string;
  /** d3-format of value and interval in tooltips, and the title there if it differs. */
  tooltipFormat: string;
  tooltipTitle?: string;
  axis: ChartSpec;
  logarithmic?: boolean;
  height?: number;
  /** Joins the points in this order instead of along x. */
  order?: ChartSpec;
  /** More lines for the tooltip. */
  tooltip?: ChartSpec[];
  /** Replaces the usual scale of the value. */
  scale?: ChartSpec;
  /** false: rows carry no interval. */
  band?: boolean;
  /** Layers above the points. */
  above?: ChartSpec[];
}

/** Queue depths double, so their axis is logarithmic; every measured depth is labelled. */
export function queueDepthAxis(rows: readonly { queueDepth: number }[]): ChartSpec {
  const values = distinct(rows.map((row) => row.queueDepth));
  const scale = { type: "log", base: 2, nice: false, padding: 12 };
  return byNumber("queueDepth", "queue depth", scale, {
    values,
    format: "d",
    labelOverlap: "greedy",
  });
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

interface LineRow extends SeriesRow {
  value: number;
  upper: number;
}

/** A little above the highest point, so that the edge does not cut it in half. */
function headroom(rows: readonly LineRow[]): number {
  return 1.06 * Math.max(1e-9, ...rows.map(({ value, upper }) => Math.max(value, upper)));
}

/** Opacity of the series that is picked in the legend (of all when none is), and of the others. */
export function pickedOpacity(picked: number, other: number): ChartSpec {
  return { condition: { param: "pick", empty: true, value: picked }, value: other };
}

const DIMMED = pickedOpacity(1, 0.1);

/** Lines, one panel for each kernel. */
export function lineChart(
  title: string,
  reading: string,
  context: ChartContext,
  rows: readonly LineRow[],
  options: LineOptions,
): ChartSpec {
  return chartSpec(title, reading, context, rows, kernelPanels(context, lineLayers(rows, options)));
}

/**
 * Layers of interval bands, lines and points large enough to hit with the mouse. The legend filter and the zoom
 * must belong to the first layer: in another one Vega-Lite drops or rejects them.
 */
export function lineLayers(rows: readonly LineRow[], options: LineOptions): ChartSpec {
  const { valueTitle, logarithmic = false } = options;
  const { color, strokeDash, shape } = seriesEncoding(rows);
  const usual = logarithmic
    ? { type: "log", nice: false, padding: 6 }
    : { zero: true, nice: false, domainMax: headroom(rows) };
  const scale = options.scale ?? usual;
  const order = options.order ? { order: options.order } : {};
  const line = {
    params: [
      { name: "pick", select: { type: "point", fields: ["series"] }, bind: "legend" },
      { name: "zoom", select: "interval", bind: "scales" },
    ],
    mark: { type: "line", strokeWidth: 2 },
    encoding: { opacity: DIMMED, strokeDash, ...order },
  };
  const points = {
    mark: { type: "point", filled: true, size: 60, opacity: 1 },
    encoding: { opacity: DIMMED, shape, tooltip: lineTooltip(options) },
  };
  const band = options.band === false ? [] : [bandLayer(valueTitle, scale)];
  return {
    height: options.height ?? 230,
    encoding: {
      x: options.x,
      y: byNumber("value", valueTitle, scale, options.axis),
      color,
    },
    layer: [line, ...band, points, ...(options.above ?? [])],
  };
}

/** From the lower to the upper end of the interval. */
function bandLayer(title: string, scale: ChartSpec): ChartSpec {
  return {
    mark: { type: "area", interpolate: "linear" },
    encoding: {
      y: { field: "lower", type: "quantitative", title, scale },
      y2: { field: "upper" },
      opacity: pickedOpacity(0.16, 0.02),
    },
  };
}

export const KERNEL_AND_SERIES: ChartSpec[] = [
  { field: "kernel", type: "nominal" },
  { field: "series", type: "nominal", title: "preparation" },
  { field: "queueDepth", type: "quantitative", title: "queue depth" },
];

/** The end of every tooltip: the interval, and the trials and boots that it comes from. */
export function intervalTooltip(format: string): ChartSpec[] {
  return [
    { field: "lower", type: "quantitative", title: "interval from", format },
    { field: "upper", type: "quantitative", title: "to", format },
    { field: "coverage", type: "quantitative", format: ".1%" },
    { field: "trials", type: "quantitative" },
    { field: "boots", type: "quantitative" },
  ];
}

/** Of one part of a stacked bar. */
export function partTooltip(part: ChartSpec, valueTitle: string): ChartSpec[] {
  return [
    ...KERNEL_AND_SERIES,
    { type: "nominal", ...part },
    { field: "value", type: "quantitative", title: valueTitle, format: ",.2f" },
    ...intervalTooltip(",.2f"),
  ];
}

function lineTooltip({ valueTitle, tooltipTitle, tooltipFormat, tooltip }: LineOptions) {
  const title = tooltipTitle ?? valueTitle;
  return [
    ...KERNEL_AND_SERIES,
    { field: "value", type: "quantitative", title, format: tooltipFormat },
    ...(tooltip ?? []),
    ...intervalTooltip(tooltipFormat),
  ];
}
