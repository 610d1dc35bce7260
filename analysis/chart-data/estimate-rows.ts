import type { Metric } from "../../results/metrics.js";
import { seriesName } from "../../results/scenario.js";
import type { Scenario } from "../../results/schema.js";
import type { Cell } from "../cells/cell.js";
import { type Subject, subjectName } from "../cells/subject.js";
import type { EstimateRow, MeasuredRow, ScenarioRow } from "../charts/rows.js";
import { type Estimate, estimate } from "../estimates/estimate.js";

/** What every row of a chart says of its scenario. */
export function scenarioRow(kernel: string, scenario: Scenario): ScenarioRow {
  const { preparation, arm, queueDepth } = scenario;
  return { kernel, series: seriesName(scenario), preparation, arm, queueDepth };
}

/** An interval in the unit of the chart; `divisor` is e.g. 1000 for ns to µs. */
export function scaled({ point, lower, upper }: Interval, divisor: number): RowInterval {
  return {
    value: significant(point / divisor),
    lower: significant(lower / divisor),
    upper: significant(upper / divisor),
  };
}

type Interval = Pick<Estimate, "point" | "lower" | "upper">;
type RowInterval = Pick<MeasuredRow, "value" | "lower" | "upper">;
const NOT_MEASURED = { value: null, lower: null, upper: null };

export function estimateRow(
  cell: Cell,
  metric: Metric,
  subjects: readonly Subject[],
  divisor = 1,
): EstimateRow {
  const found = estimate(cell, metric);
  return {
    ...scenarioRow(subjectName(cell.subject, subjects), cell.scenario),
    intervalNs: cell.scenario.intervalNs,
    ...(found ? scaled(found, divisor) : NOT_MEASURED),
    coverage: found?.coverage ?? null,
    trials: found?.trials ?? 0,
    boots: found?.boots ?? 0,
  };
}

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

/** Whether a row has a place on a logarithmic axis: the coarse clock of an emulated CPU gives times of 0. */
export function fitsLogarithm({ value, lower }: { value: number; lower: number }): boolean {
  return value > 0 && lower > 0;
}
