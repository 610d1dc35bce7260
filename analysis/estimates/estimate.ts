import type { Cell } from "../cells/cell.js";
import { scenarioKey } from "../cells/cells.js";
import { HistogramBatch } from "../cells/histogram-batch.js";
import { type ValueCounts, valueCounts } from "../histogram.js";
import { METRICS, type Metric } from "../metrics.js";
import { medianInterval } from "../statistics/median-interval.js";
import { mergedQuantiles } from "../statistics/merged-quantile.js";
import { seededRandom, seedOf } from "../statistics/random.js";

/** Never a bare number: a point, its 95 % interval, its unit and what stands behind it. */
export interface Estimate {
  point: number;
  lower: number;
  upper: number;
  unit: string;
  trials: number;
  /** Runs, each one boot. With one, the interval holds for this boot only. */
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
 * The median over trials; with several boots the median over the boots' medians, since trials of one
 * boot share its luck. Latency quantiles come from the merged histograms. null: not measured.
 */
export function estimate(cell: Cell, metric: Metric): Estimate | null {
  if (metric in LATENCY_SHARES) return latencyEstimates(cell)[metric as LatencyMetric];
  return trialEstimate(cell, metric);
}

/** The same, but always from each trial's own value, as `changeBetween` compares them. */
export function trialEstimate(cell: Cell, metric: Metric): Estimate | null {
  const { trials, units, boots: bootsMeasured } = unitsOf(cell, metric);
  if (trials === 0) return null;
  const { unit } = METRICS[metric];
  return { ...medianInterval(units.sort()), unit, trials, boots: bootsMeasured };
}

function boots(cell: Cell): number {
  return new Set(cell.runOf).size;
}

interface Units {
  trials: number;
  boots: number;
  /** Typed, since such arrays sort by value without a call for each comparison. */
  units: Float64Array;
}

/** What is resampled: the trials of one boot, or the medians of several boots. */
function unitsOf(cell: Cell, metric: Metric): Units {
  const column = new Float64Array(cell.values[metric]);
  if (boots(cell) <= 1) {
    const units = column.filter(Number.isFinite);
    return { trials: units.length, boots: 1, units };
  }
  const byBoot = new Map<number, number[]>();
  let trials = 0;
  for (const [index, value] of column.entries()) {
    if (!Number.isFinite(value)) continue;
    trials += 1;
    const boot = cell.runOf[index] as number;
    const values = byBoot.get(boot);
    if (values) values.push(value);
    else byBoot.set(boot, [value]);
  }
  const groups = [...byBoot.values()].map((values) => new Float64Array(values).sort());
  const [only] = groups;
  if (groups.length === 1 && only) return { trials, boots: 1, units: only };
  const medians = groups.map((group) => medianInterval(group).point);
  return { trials, boots: groups.length, units: new Float64Array(medians) };
}

const latencyCache = new WeakMap<Cell, Record<LatencyMetric, Estimate | null>>();

function latencyEstimates(cell: Cell): Record<LatencyMetric, Estimate | null> {
  const known = latencyCache.get(cell);
  if (known) return known;
  const names = Object.keys(LATENCY_SHARES) as LatencyMetric[];
  const histograms = latencyUnits(cell);
  const intervals =
    histograms.length === 0
      ? []
      : mergedQuantiles(
          histograms,
          Object.values(LATENCY_SHARES),
          seededRandom(seedOf(`${cell.subject.id} ${scenarioKey(cell.scenario)}`)),
        );
  const trials = cell.values.latencyNsP50.filter(Number.isFinite).length;
  const entries = names.map((name, index) => {
    const interval = intervals[index];
    return [name, interval ? { ...interval, unit: "ns", trials, boots: boots(cell) } : null];
  });
  const estimates = Object.fromEntries(entries) as Record<LatencyMetric, Estimate | null>;
  latencyCache.set(cell, estimates);
  return estimates;
}

/** One histogram a boot when there are several, else one a trial (or batch of trials). */
export function latencyUnits(cell: Cell): ValueCounts[] {
  const batches = [...cell.latencies.values()].filter((batch) => batch.histogram.total > 0);
  if (boots(cell) <= 1) return batches.map((batch) => valueCounts(batch.histogram));
  const byBoot = new Map<number, HistogramBatch>();
  for (const batch of batches) {
    const merged = byBoot.get(batch.runIndex) ?? new HistogramBatch(batch.runIndex);
    merged.add(batch.histogram);
    byBoot.set(batch.runIndex, merged);
  }
  return [...byBoot.values()].map((batch) => valueCounts(batch.histogram));
}
