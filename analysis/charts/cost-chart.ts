import type { Preparation } from "../../results/vocabulary.js";
import {
  type ChartContext,
  type ChartSpec,
  chartSpec,
  depthPanels,
  subtitleOf,
} from "./chart-spec.js";
import { partTooltip } from "./lines.js";
import { seriesIn } from "./series.js";
import { stackedBars } from "./stacked-bars.js";

/** One part of the cost of a write, see `analysis/estimates/cost-breakdown.ts`. */
export interface CostRow {
  kernel: string;
  series: string;
  preparation: Preparation;
  arm: "inline";
  queueDepth: number;
  part: string;
  order: number;
  value: number;
  lower: number;
  upper: number;
  from: string;
  /** The interval holds 0. */
  uncertain: boolean;
  trials: number;
  boots: number;
}

export const BASE_PART = "the write itself (as on dd-prefill)";

/** By what a part is about, since merged parts have names of their own. First match wins. */
const PART_COLOURS: readonly [RegExp, string][] = [
  [/the write itself/, "#A9A9A9"],
  [/filesystem work, serialisation|hand-off, /, "#8C5A2B"],
  [/serialisation/, "#D55E00"],
  [/hand-off/, "#C2477F"],
  [/allocation/, "#0072B2"],
  [/size change/, "#332288"],
  [/conversion/, "#56B4E9"],
];

function colourOf(part: string): string {
  return PART_COLOURS.find(([words]) => words.test(part))?.[1] ?? "#44AA99";
}

/** CPU per write, taken apart by control arms: stacked bars, panels by depth, rows by kernel. */
export function costChart(rows: readonly CostRow[], context: ChartContext): ChartSpec {
  const parts = partsInOrder(rows);
  const { labelled, facet } = depthPanels(rows, context);
  const reading =
    "CPU per write in µs, taken apart by control arms measured in the same rounds; pale: its interval holds 0";
  return chartSpec("What a write costs, and why", subtitleOf(context, reading), labelled, {
    facet,
    spec: stackedBars({
      ...{ part: "part", partTitle: null, parts, colours: parts.map(colourOf) },
      legend: { columns: 2, labelLimit: 460 },
      valueTitle: "CPU per write, µs",
      bars: { field: "series", sort: seriesIn(rows).map((row) => row.series) },
      width: 250,
      stepPixels: 26,
      opacity: {
        condition: [
          { test: { and: [{ param: "pick", empty: true }, "datum.uncertain"] }, value: 0.45 },
          { param: "pick", empty: true, value: 1 },
        ],
        value: 0.1,
      },
      tooltip: [
        ...partTooltip({ field: "part" }, "CPU per write, µs"),
        { field: "from", type: "nominal", title: "measured as" },
      ],
    }),
  });
}

function partsInOrder(rows: readonly CostRow[]): string[] {
  const ordered = [...rows].sort((a, b) => a.order - b.order);
  return [...new Set(ordered.map((row) => row.part))];
}
