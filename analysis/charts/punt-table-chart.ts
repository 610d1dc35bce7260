import { HEAT_GAPS, heatLayers, puntLabel, SCENARIO_TOOLTIP } from "./heat.js";
import type { EstimateRow } from "./rows.js";
import { seriesNames } from "./series.js";
import { byName, type ChartContext, type ChartSpec, chartSpec } from "./spec.js";

/** A cell of a table that has a group of columns for each filesystem. */
export interface PuntRow extends EstimateRow {
  filesystem: string;
}

const TITLE = "Does my write punt?";

/** Kernel by preparation at one queue depth: the published table, measured. */
export function puntTableChart(rows: readonly EstimateRow[], context: ChartContext): ChartSpec {
  return chartSpec(TITLE, readingOf(rows), context, labelled(rows), {
    ...tableOf(rows, context, 116, { labelAngle: 0, labelPadding: 8 }),
    layer: heatLayers(12),
  });
}

/** Pixels of a cell, of what a group needs beside its cells, of a letter in the names of rows, and of the widest page. */
const CELL_WIDTH = 48;
const GROUP_GAP = 65;
const LETTER_WIDTH = 8;
const PAGE_WIDTH = 1100;

/** The same with a group of columns for each filesystem, as many beside each other as the page is wide. */
export function puntTablesChart(
  rows: readonly PuntRow[],
  context: ChartContext,
  filesystems: readonly string[],
): ChartSpec {
  const names = LETTER_WIDTH * Math.max(...context.subjects.map(({ length }) => length));
  const group = CELL_WIDTH * seriesNames(rows).length + GROUP_GAP;
  const beside = Math.max(1, Math.floor((PAGE_WIDTH - names) / group));
  return chartSpec(TITLE, readingOf(rows), context, labelled(rows), {
    facet: byName("filesystem", filesystems, { header: { labelPadding: 6 } }),
    columns: Math.min(beside, filesystems.length),
    spec: {
      ...tableOf(rows, context, CELL_WIDTH, { labelAngle: -40, labelPadding: 4 }),
      layer: heatLayers(11, [{ field: "filesystem", type: "nominal" }, ...SCENARIO_TOOLTIP]),
    },
    resolve: { axis: { x: "independent" } },
  });
}

function readingOf(rows: readonly EstimateRow[]): string {
  return `share of writes handed to an io-wq worker at queue depth ${rows[0]?.queueDepth}; n/m: not measured`;
}

function labelled<Row extends EstimateRow>(rows: readonly Row[]): (Row & { label: string })[] {
  return rows.map((row) => ({ ...row, label: puntLabel(row.value) }));
}

function tableOf(
  rows: readonly EstimateRow[],
  context: ChartContext,
  cellWidth: number,
  columnNames: ChartSpec,
): ChartSpec {
  return {
    width: { step: cellWidth },
    height: { step: 34 },
    encoding: {
      x: byName("series", seriesNames(rows), {
        scale: HEAT_GAPS,
        axis: { orient: "top", domain: false, ticks: false, ...columnNames },
      }),
      y: byName("kernel", context.subjects, {
        scale: HEAT_GAPS,
        axis: { domain: false, ticks: false, labelPadding: 8, labelFontWeight: "bold" },
      }),
    },
  };
}
