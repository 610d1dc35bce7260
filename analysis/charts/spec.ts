import { chartConfig } from "./theme.js";

/** A Vega-Lite specification. Its own types are too wide to write specs with; Vega-Lite checks it at compile time. */
export type ChartSpec = { [key: string]: unknown };

/** One picture of the report: `name` is its file name without extension. */
export interface Chart {
  name: string;
  spec: ChartSpec;
}

/** What every chart says on top: what is shown, on what, and what to beware of. */
export interface ChartContext {
  /** E.g. "4 KiB O_DIRECT writes, sequential, ext4". */
  workload: string;
  /** Subjects in the order of facets. */
  subjects: readonly string[];
  /** Set when the rows come from software emulation. */
  emulatedNote: string | null;
}

/**
 * A spec that opens in the Vega editor as it is: schema, title, data and look inside. `reading` says below the
 * title how to read the chart.
 */
export function chartSpec(
  title: string,
  reading: string,
  context: ChartContext,
  rows: readonly object[],
  body: ChartSpec,
): ChartSpec {
  const subtitle = [context.workload, reading, context.emulatedNote ?? ""];
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: { text: title, subtitle: subtitle.filter((line) => line !== "") },
    data: { values: rows },
    ...body,
    config: chartConfig(),
  };
}

/** An encoding or facet by names, in the given order. `rest` says how it is drawn. */
export function byName(field: string, sort: readonly string[], rest: ChartSpec): ChartSpec {
  return { field, type: "nominal", title: null, sort, ...rest };
}

/** An encoding by a number, with its title, scale and axis. */
export function byNumber(
  field: string,
  title: string,
  scale: ChartSpec,
  axis: ChartSpec,
): ChartSpec {
  return { field, type: "quantitative", title, scale, axis };
}

/** The numbers that occur, ascending. */
export function distinct(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** A panel for each kernel, the same on every chart of lines. */
export function kernelPanels(context: ChartContext, layers: ChartSpec): ChartSpec {
  const width = context.subjects.length === 1 ? 460 : 270;
  return { ...facetByKernel(context), spec: { width, ...layers } };
}

/** Panels by queue depth, rows by kernel. */
export function depthPanels<Row extends { queueDepth: number }>(
  rows: readonly Row[],
  context: ChartContext,
): { labelled: (Row & { depth: string })[]; facet: ChartSpec } {
  const words = (queueDepth: number): string => `queue depth ${queueDepth}`;
  const depths = distinct(rows.map((row) => row.queueDepth)).map(words);
  return {
    labelled: rows.map((row) => ({ ...row, depth: words(row.queueDepth) })),
    facet: {
      column: byName("depth", depths, { header: { labelPadding: 6 } }),
      row: rowByKernel(context),
    },
  };
}

/** Panels beside each other, three in a row at most; four stand better as two by two. */
export function facetByKernel({ subjects }: ChartContext): ChartSpec {
  const panels = subjects.length;
  return {
    facet: byName("kernel", subjects, { header: { labelPadding: 6 } }),
    columns: panels === 4 ? 2 : Math.min(3, Math.max(1, panels)),
  };
}

/** The header of a row of panels of one kernel: once, on the left, upwards. */
export function rowByKernel({ subjects }: ChartContext): ChartSpec {
  const header = { labelAngle: -90, labelOrient: "left", labelPadding: 8 };
  return byName("kernel", subjects, { header });
}
