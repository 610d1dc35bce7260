import type { Arm, Preparation } from "../../results/vocabulary.js";

/** What a line or a bar stands for: a preparation, or a preparation under a control arm. */
export interface SeriesRow {
  series: string;
  preparation: Preparation;
  arm: Arm;
}

/** One scenario on one kernel. */
export interface ScenarioRow extends SeriesRow {
  kernel: string;
  queueDepth: number;
}

/** A value with its interval, in the unit that the chart shows. */
export interface ValueRow extends ScenarioRow {
  value: number;
  lower: number;
  upper: number;
  /** The chance that the interval holds the true value; null: not known. */
  coverage: number | null;
  trials: number;
  boots: number;
}

/** One estimate of one scenario. */
export interface MeasuredRow extends ValueRow {
  intervalNs: number;
}

/** One that may not have been measured: then null, which a chart says or leaves out, and never draws as zero. */
export type EstimateRow = Omit<MeasuredRow, "value" | "lower" | "upper"> & {
  value: number | null;
  lower: number | null;
  upper: number | null;
};
