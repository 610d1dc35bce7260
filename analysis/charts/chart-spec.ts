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

export const VEGA_LITE_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";

/** A spec that opens in the Vega editor as it is: schema, title, data and look inside. */
export function chartSpec(
  title: string,
  subtitle: readonly string[],
  rows: readonly object[],
  body: ChartSpec,
): ChartSpec {
  return {
    $schema: VEGA_LITE_SCHEMA,
    title: { text: title, subtitle: subtitle.filter((line) => line !== "") },
    data: { values: rows },
    ...body,
    config: chartConfig(),
  };
}

export function subtitleOf(context: ChartContext, reading: string): string[] {
  return [context.workload, reading, context.emulatedNote ?? ""];
}

/** A panel a kernel, alike on every chart of lines. */
export function kernelPanels(context: ChartContext, layers: ChartSpec): ChartSpec {
  const width = context.subjects.length === 1 ? 460 : 270;
  return { ...facetByKernel(context), spec: { width, ...layers } };
}

/** Panels by queue depth, rows by kernel. */
export function depthPanels<Row extends { queueDepth: number }>(
  rows: readonly Row[],
  context: ChartContext,
): { labelled: (Row & { depth: string })[]; facet: ChartSpec } {
  const depths = [...new Set(rows.map((row) => row.queueDepth))].sort((a, b) => a - b);
  const words = (queueDepth: number): string => `queue depth ${queueDepth}`;
  return {
    labelled: rows.map((row) => ({ ...row, depth: words(row.queueDepth) })),
    facet: {
      column: {
        field: "depth",
        type: "nominal",
        title: null,
        sort: depths.map(words),
        header: { labelPadding: 6 },
      },
      row: rowByKernel(context),
    },
  };
}

/** Facets beside each other, three a row at most; four stand better as two by two. */
export function facetByKernel(context: ChartContext): ChartSpec {
  const panels = context.subjects.length;
  return {
    facet: {
      field: "kernel",
      type: "nominal",
      title: null,
      sort: context.subjects,
      header: { labelPadding: 6 },
    },
    columns: panels === 4 ? 2 : Math.min(3, Math.max(1, panels)),
  };
}

/** The header of a row of panels that belongs to one kernel: once, on the left, upwards. */
export function rowByKernel(context: ChartContext): ChartSpec {
  return {
    field: "kernel",
    type: "nominal",
    title: null,
    sort: context.subjects,
    header: { labelAngle: -90, labelOrient: "left", labelPadding: 8 },
  };
}
