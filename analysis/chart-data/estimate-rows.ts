import type { Arm, Preparation } from "../../results/vocabulary.js";
import type { Cell } from "../cells/cell.js";
import { seriesName } from "../cells/cells.js";
import { type Subject, subjectName } from "../cells/subject.js";
import { estimate } from "../estimates/estimate.js";
import type { Metric } from "../metrics.js";

/** One estimate as charts take it: flat, in the unit that the chart shows. */
export interface EstimateRow {
  kernel: string;
  series: string;
  preparation: Preparation;
  arm: Arm;
  queueDepth: number;
  intervalNs: number;
  /** null: not measured; a chart says so or leaves it out, and never draws it as zero. */
  value: number | null;
  lower: number | null;
  upper: number | null;
  trials: number;
  boots: number;
}

/** `divisor` turns the unit of the metric into that of the chart, e.g. 1000 for ns to µs. */
export function estimateRow(
  cell: Cell,
  metric: Metric,
  subjects: readonly Subject[],
  divisor = 1,
): EstimateRow {
  const found = estimate(cell, metric);
  const scaled = (value: number | undefined): number | null =>
    value === undefined ? null : significant(value / divisor);
  const { scenario } = cell;
  return {
    kernel: subjectName(cell.subject, subjects),
    series: seriesName(scenario),
    preparation: scenario.preparation,
    arm: scenario.arm,
    queueDepth: scenario.queueDepth,
    intervalNs: scenario.intervalNs,
    value: scaled(found?.point),
    lower: scaled(found?.lower),
    upper: scaled(found?.upper),
    trials: found?.trials ?? 0,
    boots: found?.boots ?? 0,
  };
}

/** Rows whose value was measured. */
export type MeasuredRow = EstimateRow & { value: number; lower: number; upper: number };

export function measuredRows(
  cells: readonly Cell[],
  metric: Metric,
  subjects: readonly Subject[],
  divisor = 1,
): MeasuredRow[] {
  return cells
    .map((cell) => estimateRow(cell, metric, subjects, divisor))
    .filter((row): row is MeasuredRow => row.value !== null);
}

/** Six digits are beyond any of these measurements, and keep the files small. */
export function significant(value: number): number {
  return Number(value.toPrecision(6));
}
