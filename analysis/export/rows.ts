import { METRIC_NAMES, type Metric } from "../../results/metrics.js";
import { variantWords } from "../../results/scenario.js";
import { csvField } from "../../terminal/quote.js";
import type { Cell } from "../cells/cell.js";
import { bootsOf } from "../cells/values.js";
import { type Estimate, estimate } from "../estimates/estimate.js";

/** One scenario on one subject: one column for each value, unit last in its name, null when not measured. */
export type ExportRow = Record<string, string | number | boolean | null>;

/** Every cell with every metric: point, interval, and the number of trials and boots. */
export function exportRows(cells: readonly Cell[]): ExportRow[] {
  return cells.map((cell) => {
    const { subject, scenario } = cell;
    const row: ExportRow = {
      kernelLabel: subject.kernelLabel,
      filesystem: subject.filesystem,
      emulated: subject.emulated,
      preparation: scenario.preparation,
      arm: scenario.arm,
      queueDepth: scenario.queueDepth,
      blockSizeBytes: scenario.blockSizeBytes,
      fileSizeBytes: scenario.fileSizeBytes,
      order: scenario.order,
      intervalNs: scenario.intervalNs,
      registeredBuffers: scenario.registeredBuffers,
      request: variantWords(scenario).join(", ") || "write",
      trials: cell.runOf.length,
      trialsFailed: cell.failed,
      trialsSkipped: cell.skipped,
      boots: bootsOf(cell),
    };
    for (const metric of METRIC_NAMES) addEstimate(row, metric, estimateOf(cell, metric));
    return row;
  });
}

function estimateOf(cell: Cell, metric: Metric): Estimate | null {
  return cell.runOf.length > 0 ? estimate(cell, metric) : null;
}

function addEstimate(row: ExportRow, metric: Metric, found: Estimate | null): void {
  row[metric] = found?.point ?? null;
  row[`${metric}Lower`] = found?.lower ?? null;
  row[`${metric}Upper`] = found?.upper ?? null;
  row[`${metric}Coverage`] = found?.coverage ?? null;
}

/** One line for the names of the columns, and one for each row. */
export function toCsv(rows: readonly ExportRow[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? null))];
  return lines.map((fields) => `${fields.map(csvField).join(",")}\n`).join("");
}
