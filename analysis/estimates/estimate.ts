import { type ValueCounts, valueCounts } from "../../results/histogram.js";
import { METRICS, type Metric } from "../../results/metrics.js";
import { scenarioKey } from "../../results/scenario.js";
import { seededRandom, seedOf } from "../../results/seeded-random.js";
import type { Cell } from "../cells/cell.js";
import { groupBy } from "../cells/group-by.js";
import { HistogramBatch } from "../cells/histogram-batch.js";
import { bootsOf, valuesByBoot } from "../cells/values.js";
import { type Interval, medianInterval } from "../statistics/median-interval.js";
import { mergedQuantiles } from "../statistics/merged-quantile.js";

/** A point, its 95 % interval and unit, and how many trials and boots it comes from. */
export interface Estimate {
  point: number;
  lower: number;
  upper: number;
  unit: string;
  trials: number;
  /** Number of runs, each one boot. With one, the interval holds for this boot only. */
  boots: number;
}

const LATENCY_SHARES = {
  latencyNsP50: 0.5,
  latencyNsP90: 0.9,
  latencyNsP99: 0.99,
  latencyNsP999: 0.999,
} as const;
type LatencyMetric = keyof typeof LATENCY_SHARES;

/**
 * The median over trials; with several boots the median over the boots' medians, since trials of one boot are not
 * independent. A latency quantile is that of the merged histograms: "p99" is the p99 of all writes of all trials.
 * null: not measured.
 */
export function estimate(cell: Cell, metric: Metric): Estimate | null {
  if (metric in LATENCY_SHARES) return latencyEstimates(cell)[metric as LatencyMetric];
  return trialEstimate(cell, metric);
}

/** Like `estimate`, but always from one value for each trial: "p99" is the median of the trials' p99. */
export function trialEstimate(cell: Cell, metric: Metric): Estimate | null {
  // Typed arrays sort by value without a call for each comparison.
  const boots = valuesByBoot(cell, metric).map((values) => new Float64Array(values).sort());
  const [only] = boots;
  if (only === undefined) return null;
  // What is resampled: the trials of one boot, or the medians of several boots.
  const units =
    boots.length === 1
      ? only
      : new Float64Array(boots.map((boot) => medianInterval(boot).point)).sort();
  const trials = boots.reduce((sum, boot) => sum + boot.length, 0);
  return { ...medianInterval(units), unit: METRICS[metric].unit, trials, boots: boots.length };
}

const latencyCache = new WeakMap<Cell, Record<LatencyMetric, Estimate | null>>();

function latencyEstimates(cell: Cell): Record<LatencyMetric, Estimate | null> {
  const known = latencyCache.get(cell);
  if (known) return known;
  const seed = `${cell.subject.id} ${scenarioKey(cell.scenario)}`;
  const intervals = latencyQuantiles(cell, Object.values(LATENCY_SHARES), seed);
  const trials = cell.values.latencyNsP50.filter(Number.isFinite).length;
  const entries = Object.keys(LATENCY_SHARES).map((name, index) => {
    const interval = intervals[index];
    return [name, interval ? { ...interval, unit: "ns", trials, boots: bootsOf(cell) } : null];
  });
  const estimates = Object.fromEntries(entries) as Record<LatencyMetric, Estimate | null>;
  latencyCache.set(cell, estimates);
  return estimates;
}

/** Quantiles of the merged histograms, with their intervals, in the order of `shares`; empty: not measured. */
export function latencyQuantiles(cell: Cell, shares: readonly number[], seed: string): Interval[] {
  const histograms = latencyUnits(cell);
  if (histograms.length === 0) return [];
  return mergedQuantiles(histograms, shares, seededRandom(seedOf(seed)));
}

/** Number of writes whose latency was measured. */
export function latencyCount(cell: Cell): number {
  return [...cell.latencies.values()].reduce((sum, { histogram }) => sum + histogram.total, 0);
}

/** One histogram for each boot when there are several, else one for each trial (or batch of trials). */
function latencyUnits(cell: Cell): ValueCounts[] {
  const batches = [...cell.latencies.values()].filter((batch) => batch.histogram.total > 0);
  if (bootsOf(cell) <= 1) return batches.map((batch) => valueCounts(batch.histogram));
  return [...groupBy(batches, (batch) => batch.runIndex)].map(([runIndex, ofBoot]) => {
    const merged = new HistogramBatch(runIndex);
    for (const batch of ofBoot) merged.add(batch.histogram);
    return valueCounts(merged.histogram);
  });
}
