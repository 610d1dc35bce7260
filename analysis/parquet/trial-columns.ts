import { METRIC_NAMES, type Metric, metricsOf } from "../../results/metrics.js";
import { scenarioKey, variantWords } from "../../results/scenario.js";
import type { Measurement, Trial } from "../../results/schema.js";
import { visible } from "../../terminal/quote.js";
import type { Run } from "../cells/run.js";
import { bucketsOf } from "./buckets.js";
import { type Bucket, type Column, columnName } from "./columns.js";
import { joined, RUN_COLUMNS } from "./run-columns.js";

/** A trial and what is computed from it alone. */
export interface TrialRow {
  run: Run;
  trial: Trial;
  /** null where the trial is not ok: nothing is computed from a part of a trial. */
  values: Record<Metric, number> | null;
  latency: Bucket[] | null;
  /** Why the latencies could not be read. */
  unreadable: string | null;
}

export function trialRow(trial: Trial, run: Run): TrialRow {
  if (trial.status !== "ok" || !trial.measurement?.writes) {
    return { run, trial, values: null, latency: null, unreadable: null };
  }
  const { values, latency, warning } = metricsOf(trial, trial.measurement);
  return { run, trial, values, latency: bucketsOf(latency), unreadable: warning };
}

type Counted = Exclude<
  {
    [Name in keyof Measurement]: Measurement[Name] extends number | null ? Name : never;
  }[keyof Measurement],
  undefined
>;

const COUNTED: readonly Counted[] = [
  "writes",
  "bytes",
  "wallNs",
  "puntCount",
  "puntCountForced",
  "puntCountHashed",
  "workerLimit",
];

/** One row for each trial: where, which scenario, what was counted, and each metric of `results/metrics.ts`. */
export const TRIAL_COLUMNS: readonly Column<TrialRow>[] = [
  ...RUN_COLUMNS,
  { name: "scenario", type: "text", of: ({ trial }) => scenarioKey(trial.scenario) },
  { name: "preparation", type: "text", of: ({ trial }) => trial.scenario.preparation },
  { name: "arm", type: "text", of: ({ trial }) => trial.scenario.arm },
  { name: "queue_depth", type: "integer", of: ({ trial }) => trial.scenario.queueDepth },
  { name: "block_size_bytes", type: "integer", of: ({ trial }) => trial.scenario.blockSizeBytes },
  { name: "file_size_bytes", type: "integer", of: ({ trial }) => trial.scenario.fileSizeBytes },
  { name: "block_order", type: "text", of: ({ trial }) => trial.scenario.order },
  { name: "interval_ns", type: "integer", of: ({ trial }) => trial.scenario.intervalNs },
  {
    name: "registered_buffers",
    type: "flag",
    of: ({ trial }) => trial.scenario.registeredBuffers,
  },
  {
    name: "request",
    type: "text",
    of: ({ trial }) => variantWords(trial.scenario).join(", ") || "write",
  },
  { name: "round", type: "integer", of: ({ trial }) => trial.round },
  { name: "trial_started_at", type: "moment", of: ({ trial }) => trial.startedAt },
  { name: "status", type: "text", of: ({ trial }) => trial.status },
  { name: "reason", type: "text", of: ({ trial }) => trial.reason && visible(trial.reason) },
  {
    name: "trial_warnings",
    type: "text",
    of: ({ trial, unreadable }) =>
      joined([...trial.warnings, ...(unreadable === null ? [] : [unreadable])].map(visible)),
  },
  ...COUNTED.map(
    (name): Column<TrialRow> => ({
      name: columnName(name),
      type: "integer",
      of: ({ trial }) => trial.measurement?.[name] ?? null,
    }),
  ),
  ...METRIC_NAMES.map(
    (metric): Column<TrialRow> => ({
      name: columnName(metric),
      type: "number",
      of: ({ values }) => values?.[metric] ?? null,
    }),
  ),
  { name: "latency", type: "buckets", of: ({ latency }) => latency },
];
