import type { Histogram } from "../../results/histogram.js";
import { METRIC_NAMES, type Metric } from "../../results/metrics.js";
import type { Scenario } from "../../results/schema.js";
import { HistogramBatch } from "./histogram-batch.js";
import type { UnitOfRun } from "./run.js";
import type { Subject } from "./subject.js";

/** All trials of one scenario on one subject, as columns: trial i is `values[metric][i]`. */
export interface Cell {
  subject: Subject;
  scenario: Scenario;
  /** Number of the run. */
  runOf: number[];
  /** The boot of each run, by its number; hosts take the place of boots. Several runs may be of one. */
  bootOfRun: UnitOfRun;
  roundOf: number[];
  /** NaN: not measured. */
  values: Record<Metric, number[]>;
  /** Flags of the trials' rings, "SINGLE_ISSUER|DEFER_TASKRUN"; "none" without flags; empty: no trial. */
  ringFlags: Set<string>;
  /** Histograms merged by run and round; at most LATENCY_BATCHES_MAX for each run. */
  latencies: Map<string, HistogramBatch>;
  failed: number;
  skipped: number;
  /** Why trials failed or were skipped, each text once. */
  reasons: Set<string>;
  /** The bench's warnings on these trials, each text once. */
  warnings: Set<string>;
}

export function emptyCell(subject: Subject, scenario: Scenario, bootOfRun: UnitOfRun): Cell {
  const columns = METRIC_NAMES.map((metric) => [metric, [] as number[]]);
  return {
    subject,
    scenario,
    runOf: [],
    bootOfRun,
    roundOf: [],
    values: Object.fromEntries(columns),
    ringFlags: new Set(),
    latencies: new Map(),
    failed: 0,
    skipped: 0,
    reasons: new Set(),
    warnings: new Set(),
  };
}

/** Adds a histogram to the batch of its run and rounds. */
export function addLatency(
  cell: Cell,
  runIndex: number,
  batchName: string,
  added: Histogram,
): void {
  const key = `${runIndex}/${batchName}`;
  const batch = cell.latencies.get(key) ?? new HistogramBatch(runIndex);
  cell.latencies.set(key, batch);
  batch.add(added);
}

export function ringFlagsName(flags: readonly string[]): string {
  return flags.length === 0 ? "none" : [...flags].sort().join("|");
}
