import { partTooltip } from "./lines.js";
import type { ValueRow } from "./rows.js";
import { seriesNames } from "./series.js";
import { type ChartContext, type ChartSpec, chartSpec, depthPanels } from "./spec.js";
import { inOrder, stackedBars } from "./stacked-bars.js";

/** One part of the cost of a write, see `CostPart`. */
export interface CostRow extends ValueRow {
  part: string;
  /** Position in the stack. */
  order: number;
  from: string;
  /** The interval holds 0. */
  uncertain: boolean;
}

export const BASE_PART = "the write itself (as on dd-prefill)";

/** Parts that could not be told apart have names of several words; the first match wins. */
const PART_COLOURS: readonly [RegExp, string][] = [
  [/the write itself/, "#A9A9A9"],
  [/(wake-ups|wait|hand-off|change|conversion|attempt), |not told apart/, "#8C5A2B"],
  [/contention/, "#D55E00"],
  [/refused attempt/, "#F0E442"],
  [/^lost batching and wake-ups$/, "#999933"],
  [/hand-off/, "#C2477F"],
  [/blocking wait/, "#44AA99"],
  [/allocation/, "#0072B2"],
  [/size change/, "#332288"],
  [/conversion/, "#56B4E9"],
];

function colourOf(part: string): string {
  return PART_COLOURS.find(([words]) => words.test(part))?.[1] ?? "#117733";
}

/** CPU per write, taken apart by control arms: stacked bars, panels by depth, rows by kernel. */
export function costChart(rows: readonly CostRow[], context: ChartContext): ChartSpec {
  const parts = [...new Set(inOrder(rows).map((row) => row.part))];
  const { labelled, facet } = depthPanels(rows, context);
  const reading =
    "CPU per write in µs, taken apart by control arms measured in the same rounds; pale: its interval holds 0";
  return chartSpec("What a write costs, and why", reading, context, labelled, {
    facet,
    spec: stackedBars({
      part: "part",
      partTitle: null,
      parts,
      colours: parts.map(colourOf),
      legend: { columns: 2, labelLimit: 460 },
      valueTitle: "CPU per write, µs",
      bars: { field: "series", sort: seriesNames(rows) },
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
