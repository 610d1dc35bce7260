import type { Scenario } from "../../results/schema.js";
import type { Metric } from "../metrics.js";
import type { HistogramBatch } from "./histogram-batch.js";
import type { Subject } from "./subject.js";

/** All trials of one scenario on one subject, as columns: trial i is `values[metric][i]`. */
export interface Cell {
  subject: Subject;
  scenario: Scenario;
  /** Number of the run; a run is one boot. */
  runOf: number[];
  roundOf: number[];
  /** NaN: not measured. */
  values: Record<Metric, number[]>;
  /** Histograms merged by run and round; at most LATENCY_BATCHES_MAX a run. */
  latencies: Map<string, HistogramBatch>;
  failed: number;
  skipped: number;
  /** Why trials failed or were skipped, each text once. */
  reasons: Set<string>;
  /** The bench's warnings on these trials, each text once. */
  warnings: Set<string>;
}
