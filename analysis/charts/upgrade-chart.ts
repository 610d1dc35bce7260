import type { SeriesRow } from "./rows.js";
import { seriesNames } from "./series.js";
import { byName, type ChartContext, type ChartSpec, chartSpec } from "./spec.js";
import { VERDICT_COLOURS } from "./theme.js";

/** What one metric of one preparation becomes: a ratio B / A with its interval. */
export interface UpgradeRow extends SeriesRow {
  metric: string;
  ratio: number;
  lower: number;
  upper: number;
  /** In words: "within 10 %". */
  verdict: string;
  /** "12.1k → 24.2k". */
  change: string;
  /** Confidence of the interval: "95 %". */
  level: string;
  basis: string;
}

/** From kernel A to kernel B: an arrow for each preparation and metric, starting at "no change". */
export function upgradeChart(
  rows: readonly UpgradeRow[],
  context: ChartContext,
  from: string,
  to: string,
  queueDepth: number,
): ChartSpec {
  const metrics = [...new Set(rows.map((row) => row.metric))];
  const labelled = rows.map((row) => ({
    ...row,
    direction: row.ratio >= 1 ? "up" : "down",
    one: 1,
  }));
  const verdicts = Object.entries(VERDICT_COLOURS).flatMap(([verdict, colour]) => {
    const words = rows.find((row) => row.verdict.startsWith(verdict))?.verdict;
    return words === undefined ? [] : [[words, colour] as const];
  });
  const reading = `arrows from ${from} to ${to} at queue depth ${queueDepth}, as a ratio; thin bar: interval`;
  return chartSpec(`From ${from} to ${to}`, reading, context, labelled, {
    facet: byName("metric", metrics, { header: { labelPadding: 6 } }),
    columns: 3,
    spec: {
      width: 280,
      height: { step: 40 },
      encoding: {
        y: byName("series", seriesNames(rows), {
          axis: { domain: false, ticks: false, labelPadding: 6 },
        }),
        color: {
          field: "verdict",
          type: "nominal",
          scale: {
            domain: verdicts.map(([words]) => words),
            range: verdicts.map(([, colour]) => colour),
          },
          legend: { orient: "top", title: null, symbolType: "square" },
        },
      },
      layer: ARROW_LAYERS,
    },
    resolve: { scale: { x: "independent" } },
  });
}

const RATIO_AXIS = {
  type: "quantitative",
  title: "ratio, new / old",
  scale: { type: "log", nice: false, padding: 48 },
  axis: {
    values: [
      0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1, 1.4, 2, 3, 5, 10, 20, 50, 100, 1000,
    ],
    labelExpr: "'× ' + format(datum.value, '~r')",
    labelOverlap: "greedy",
  },
} as const;

const ARROW_TOOLTIP: ChartSpec[] = [
  { field: "series", type: "nominal", title: "preparation" },
  { field: "metric", type: "nominal" },
  { field: "change", type: "nominal", title: "from → to" },
  { field: "ratio", type: "quantitative", format: ".3f" },
  { field: "lower", type: "quantitative", title: "interval from", format: ".3f" },
  { field: "upper", type: "quantitative", title: "to", format: ".3f" },
  { field: "level", type: "nominal", title: "level" },
  { field: "verdict", type: "nominal" },
  { field: "basis", type: "nominal", title: "resampled by" },
];

/** From below to above: interval, line of no change, shaft, head and text of the arrow. */
const ARROW_LAYERS: ChartSpec[] = [
  {
    mark: { type: "rule", strokeWidth: 7, opacity: 0.25, strokeCap: "round" },
    encoding: { x: { field: "lower", ...RATIO_AXIS }, x2: { field: "upper" } },
  },
  {
    mark: { type: "rule", strokeDash: [3, 3], color: "#8C8C8C" },
    encoding: { x: { datum: 1, ...RATIO_AXIS }, y: null, color: null },
  },
  {
    mark: { type: "rule", strokeWidth: 2.5 },
    encoding: { x: { field: "one", ...RATIO_AXIS }, x2: { field: "ratio" } },
  },
  {
    mark: { type: "point", filled: true, size: 110, opacity: 1 },
    encoding: {
      x: { field: "ratio", ...RATIO_AXIS },
      shape: {
        field: "direction",
        type: "nominal",
        scale: { domain: ["up", "down"], range: ["triangle-right", "triangle-left"] },
        legend: null,
      },
      tooltip: ARROW_TOOLTIP,
    },
  },
  {
    mark: { type: "text", dy: -13, fontSize: 10 },
    // In the colour of words: those of verdicts are too pale to read.
    encoding: { x: { field: "ratio", ...RATIO_AXIS }, text: { field: "change" }, color: null },
  },
];
