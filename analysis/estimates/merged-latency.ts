import { type ValueCounts, valueCounts } from "../../results/histogram.js";
import { seededRandom, seedOf } from "../../results/seeded-random.js";
import type { Cell } from "../cells/cell.js";
import { groupBy } from "../cells/group-by.js";
import { HistogramBatch } from "../cells/histogram-batch.js";
import { bootsOf } from "../cells/values.js";
import { type MergedInterval, mergedQuantiles } from "../statistics/merged-quantile.js";

/**
 * Latency quantiles of all writes of all trials together: the only way to a p99.99, of which one trial has too few
 * writes. Only the chart of percentiles shows them; everywhere else "p99" is the median of the trials' p99.
 *
 * @returns in the order of `shares`; empty: not measured.
 */
export function mergedLatencies(
  cell: Cell,
  shares: readonly number[],
  seed: string,
): MergedInterval[] {
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
