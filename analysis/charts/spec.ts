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
  const subtitle = [
    context.workload,
    reading,
    context.emulatedNote ?? "",
    missingWords(context, rows),
  ];
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: { text: title, subtitle: subtitle.filter((line) => line !== "") },
    data: { values: rows },
    ...body,
    config: chartConfig(),
  };
}

/** Names that a subtitle has room for. */
const MISSING_MAX = 3;

/** Which subjects of a chart of kernels have nothing to show in it; "" when all have. */
function missingWords({ subjects }: ChartContext, rows: readonly object[]): string {
  const shown = new Set(rows.map((row) => (row as { kernel?: string }).kernel));
  const missing = subjects.filter((name) => !shown.has(name));
  if (missing.length === 0 || shown.has(undefined)) return "";
  const more = missing.length - MISSING_MAX;
  return `nothing to show for: ${missing.slice(0, MISSING_MAX).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
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

/** Letters that fit beside the lowest row of panels. */
const UPWARDS_MAX = 12;
/** Letters of a line of a longer name, which stands level and in as many lines as it needs. */
const NAME_LINE = 18;

/** The header of a row of panels of one kernel: once, on the left, upwards if it is short. */
export function rowByKernel({ subjects }: ChartContext): ChartSpec {
  const isShort = subjects.every(({ length }) => length <= UPWARDS_MAX);
  const names = subjects.map((name) => [name, brokenName(name)]);
  const level = {
    labelAngle: 0,
    labelAlign: "left",
    labelExpr: `(${JSON.stringify(Object.fromEntries(names))})[datum.label]`,
  };
  const header = isShort ? { labelAngle: -90 } : level;
  return byName("kernel", subjects, {
    header: { labelOrient: "left", labelPadding: 8, ...header },
  });
}

/** A name in lines: broken between words, and inside one that is longer than a line. */
function brokenName(name: string): string[] {
  const lines = [""];
  for (const word of name.split(" ")) {
    const line = lines.at(-1) as string;
    if (line !== "" && line.length + 1 + word.length <= NAME_LINE) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else {
      lines.push(...(word.match(new RegExp(`.{1,${NAME_LINE}}`, "gu")) ?? []));
    }
  }
  return lines.slice(1);
}
