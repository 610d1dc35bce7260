import { type ChartContext, type ChartSpec, chartSpec } from "./spec.js";
import { stackedBars } from "./stacked-bars.js";

/** How a request is executed: by its submitter, or by a worker for one of four reasons. */
export const HOWS = ["inline", "punted", "forced", "drained", "chained"] as const;
const COLOURS = ["#A9A9A9", "#D55E00", "#C2477F", "#8C5A2B", "#E69F00"];

/** The requests to one file with one operation that were executed in one way. */
export interface ObservedRow {
  bar: string;
  file: string;
  how: (typeof HOWS)[number];
  order: number;
  /** Requests in a second. */
  value: number;
  requests: number;
}

/** Requests of one program: bars of files and operations, stacked by how they were executed. */
export function observedChart(
  title: string,
  rows: readonly ObservedRow[],
  context: ChartContext,
): ChartSpec {
  const reading =
    "requests per second by file and operation; grey: executed by the submitter itself";
  const parts = HOWS.filter((how) => rows.some((row) => row.how === how));
  const bars = stackedBars({
    part: "how",
    partTitle: null,
    parts,
    colours: parts.map((part) => COLOURS[HOWS.indexOf(part)] as string),
    valueTitle: "requests per second",
    bars: { field: "bar", sort: [...new Set(rows.map(({ bar }) => bar))] },
    width: 420,
    stepPixels: 24,
    tooltip: [
      { field: "file", type: "nominal" },
      { field: "how", type: "nominal" },
      { field: "requests", type: "quantitative", format: ",d" },
      { field: "value", type: "quantitative", title: "per second", format: ",.1f" },
    ],
  });
  return chartSpec(title, reading, context, rows, bars);
}
