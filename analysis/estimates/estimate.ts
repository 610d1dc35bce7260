import { METRICS, type Metric } from "../../results/metrics.js";
import type { Cell } from "../cells/cell.js";
import { valuesByBoot } from "../cells/values.js";
import { medianInterval } from "../statistics/median-interval.js";

/** A point, its interval and unit, and how many trials and boots it comes from. */
export interface Estimate {
  point: number;
  lower: number;
  upper: number;
  /** The chance that the interval holds the true median: at least 0.95 from six values on, less below. */
  coverage: number;
  unit: string;
  trials: number;
  /** Number of boots. With one, the interval holds for this boot only. */
  boots: number;
}

/**
 * The median over trials; with several boots the median over the boots' medians, since trials of one boot are not
 * independent. So "p99" is the median of the trials' p99. null: not measured.
 */
export function estimate(cell: Cell, metric: Metric): Estimate | null {
  // Typed arrays sort by value without a call for each comparison.
  const boots = valuesByBoot(cell, metric).map((values) => new Float64Array(values).sort());
  const [only] = boots;
  if (only === undefined) return null;
  const units =
    boots.length === 1
      ? only
      : new Float64Array(boots.map((boot) => medianInterval(boot).point)).sort();
  const trials = boots.reduce((sum, boot) => sum + boot.length, 0);
  return { ...medianInterval(units), unit: METRICS[metric].unit, trials, boots: boots.length };
}
