import type { ObservedCause } from "../../results/vocabulary.js";
import { KERNEL_AND_SERIES } from "./lines.js";
import type { ScenarioRow } from "./rows.js";
import { seriesNames } from "./series.js";
import { byName, type ChartContext, type ChartSpec, chartSpec, depthPanels } from "./spec.js";
import { inOrder, stackedBars } from "./stacked-bars.js";

/** The punts of one scenario that had one cause. */
export interface CauseRow extends ScenarioRow {
  /** null: none of the writes punted, or they were not traced. */
  cause: ObservedCause | null;
  /** What stands where no bar is: "0 %", or that nothing was traced; "" beside a bar. */
  emptyBar: string;
  /** Position in the stack. */
  order: number;
  /** Punts with this cause, as a share of all writes. */
  value: number;
  punts: number;
  writes: number;
  evidence: string;
  backend: string;
}

/**
 * Neighbours in a stack differ in lightness, for readers who tell colours badly. What is not known is grey; a cause
 * that is not in this list gets OTHER_COLOUR.
 */
const CAUSE_COLOURS: Partial<Record<ObservedCause, string>> = {
  "extends-size": "#7A5CCB",
  "beyond-size": "#B7A6EA",
  hole: "#0072B2",
  unwritten: "#56B4E9",
  "crosses-extents": "#44AA99",
  unaligned: "#117733",
  "page-cache": "#E69F00",
  timestamp: "#F0E442",
  "first-write-of-inode": "#8C5A2B",
  "security-attributes": "#B04A3A",
  "lock-contended": "#D55E00",
  "copy-on-write": "#A8417A",
  checksums: "#CC79A7",
  "shared-extent": "#AA4499",
  forced: "#C2477F",
  unknown: "#A9A9A9",
};
const OTHER_COLOUR = "#DDCC77";

/** Why the writes punted: bars of preparations, stacked by cause; panels by queue depth, rows by kernel. */
export function causesChart(rows: readonly CauseRow[], context: ChartContext): ChartSpec {
  const parts = [...new Set(inOrder(rows).flatMap(({ cause }) => cause ?? []))];
  const { labelled, facet } = depthPanels(rows, context);
  const reading = "punts per write by cause, traced; 0 % where none punts";
  const { width, height, ...bars } = stackedBars({
    part: "cause",
    partTitle: null,
    parts,
    colours: parts.map((cause) => CAUSE_COLOURS[cause] ?? OTHER_COLOUR),
    legend: { columns: 4 },
    valueTitle: "punts per write",
    valueScale: { scale: { domain: [0, 1] }, axis: { format: ".0%", tickCount: 4 } },
    bars: { field: "series", sort: seriesNames(rows) },
    width: 230,
    stepPixels: 24,
    tooltip: [
      ...KERNEL_AND_SERIES,
      { field: "cause", type: "nominal" },
      { field: "value", type: "quantitative", title: "punts per write", format: ".2%" },
      { field: "punts", type: "quantitative", format: ",d" },
      { field: "writes", type: "quantitative", format: ",d" },
      { field: "evidence", type: "nominal", title: "first of them" },
      { field: "backend", type: "nominal", title: "seen with" },
    ],
  });
  return chartSpec("Why the writes punt", reading, context, labelled, {
    facet,
    spec: { width, height, layer: [bars, emptyBars(rows)] },
  });
}

/** Words in place of a bar: "no punt" and "not traced" must not look the same. */
function emptyBars(rows: readonly CauseRow[]): ChartSpec {
  return {
    transform: [{ filter: "datum.emptyBar !== ''" }],
    mark: { type: "text", align: "left", dx: 4 },
    encoding: {
      y: byName("series", seriesNames(rows), {}),
      x: { datum: 0, type: "quantitative" },
      text: { field: "emptyBar", type: "nominal" },
    },
  };
}
