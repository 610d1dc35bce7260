import type { Cell } from "../cells/cell.js";
import { groupBy } from "../cells/group-by.js";
import { subjectName } from "../cells/subject.js";
import { type PuntRow, puntTableChart, puntTablesChart } from "../charts/punt-table-chart.js";
import type { ChartContext, ChartSpec } from "../charts/spec.js";
import { estimateRow } from "./estimate-rows.js";
import { type Scope, usualDepth } from "./scope.js";

/** What punts at the usual depth: a row for each kernel, and with several filesystems a group of columns for each of them. */
export function puntTable(cells: readonly Cell[], scope: Scope, context: ChartContext): ChartSpec {
  const depth = usualDepth(cells);
  const atDepth = cells.filter(({ scenario }) => scenario.queueDepth === depth);
  const filesystems = [...new Set(scope.subjects.map(({ filesystem }) => filesystem))].sort();
  if (filesystems.length === 1) {
    const rows = atDepth.map((cell) => estimateRow(cell, "puntRatio", scope.all));
    return puntTableChart(rows, context);
  }
  // Forced writes always punt: as a column for each filesystem they would only take its place.
  const inline = atDepth.filter(({ scenario }) => scenario.arm === "inline");
  const rows = (inline.length > 0 ? inline : atDepth).map((cell): PuntRow => {
    const { subject } = cell;
    // The column says the filesystem, so the name of the row does not.
    return { ...estimateRow(cell, "puntRatio", [subject]), filesystem: subject.filesystem };
  });
  const kernels = [...new Set(scope.subjects.map((subject) => subjectName(subject, [subject])))];
  const gaps = gapsIn(rows, kernels, filesystems);
  return puntTablesChart([...rows, ...gaps], { ...context, subjects: kernels }, filesystems);
}

/** A row for each place of the table that nothing was measured for, so that it does not look like a fault of the picture. */
function gapsIn(
  rows: readonly PuntRow[],
  kernels: readonly string[],
  filesystems: readonly string[],
): PuntRow[] {
  const placeOf = ({ kernel, filesystem, series }: PuntRow) =>
    JSON.stringify([kernel, filesystem, series]);
  const measured = new Set(rows.map(placeOf));
  const nothing = { value: null, lower: null, upper: null, coverage: null, trials: 0, boots: 0 };
  const all = [...groupBy(rows, ({ series }) => series).values()].flatMap(([row]) =>
    filesystems.flatMap((filesystem) =>
      kernels.map((kernel) => ({ ...(row as PuntRow), ...nothing, kernel, filesystem })),
    ),
  );
  return all.filter((row) => !measured.has(placeOf(row)));
}
