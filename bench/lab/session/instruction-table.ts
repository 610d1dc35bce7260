import { median } from "simple-statistics";
import { type Metric, metricsOf } from "../../../results/metrics.js";
import type { Trial } from "../../../results/schema.js";
import { formatPercent } from "../../../terminal/percent.js";
import { renderTable } from "../../../terminal/table.js";
import { columnsOf, type RunSummary, scenarioRows } from "./comparison.js";

/** By spender; the system's figure includes the others. */
const SPENDERS = [
  "instructionsSubmitter",
  "instructionsIoWq",
  "instructionsKernelWorkers",
  "instructionsSystem",
] as const satisfies Metric[];
type PerSpender = Record<(typeof SPENDERS)[number], number>;

/** Boots of one kernel that differ by more than this are not averaged. */
export const STABLE_SPREAD = 0.05;

/** A kernel's cost of one scenario over its boots. */
export interface InstructionCost {
  /** Medians over boots; null when the boots disagree. */
  perWrite: PerSpender | null;
  boots: number;
  /** Largest boot over smallest, less 1, for the spender that differs most; 0 for a single boot. */
  spread: number;
}

/** The cost from the trials of each boot, of which the median counts; null when nothing was counted. */
export function instructionCost(boots: readonly (readonly Trial[])[]): InstructionCost | null {
  const counted = boots.map(countedValues).filter((boot) => boot.length > 0);
  if (counted.length === 0) return null;
  const medians = counted.map(mediansOf);
  const spreads = SPENDERS.map((spender) => {
    const values = medians.map((boot) => boot[spender]);
    const least = Math.min(...values);
    return least === 0 ? 0 : Math.max(...values) / least - 1;
  });
  const spread = Math.max(...spreads);
  const perWrite = spread > STABLE_SPREAD ? null : mediansOf(medians);
  return { perWrite, boots: medians.length, spread };
}

function countedValues(trials: readonly Trial[]): PerSpender[] {
  return trials.flatMap((trial) =>
    trial.status === "ok" && trial.measurement?.instructions
      ? [metricsOf(trial, trial.measurement).values]
      : [],
  );
}

function mediansOf(values: readonly PerSpender[]): PerSpender {
  const middle = (spender: keyof PerSpender) => median(values.map((value) => value[spender]));
  return {
    instructionsSubmitter: middle("instructionsSubmitter"),
    instructionsIoWq: middle("instructionsIoWq"),
    instructionsKernelWorkers: middle("instructionsKernelWorkers"),
    instructionsSystem: middle("instructionsSystem"),
  };
}

/** Instructions per write: a row for each scenario and kernel. */
export function instructionTable(runs: readonly RunSummary[]): string {
  const columns = columnsOf(runs);
  const rows = scenarioRows(runs).flatMap(({ scenario, boots }) =>
    columns.flatMap((column) => {
      const cost = instructionCost(boots(column));
      const { preparation, arm, queueDepth } = scenario;
      return cost ? [[preparation, arm, String(queueDepth), column, ...costCells(cost)]] : [];
    }),
  );
  const left = ["preparation", "arm", "depth", "kernel"].map((title) => ({ title }));
  const right = ["submitter", "io-wq", "kernel workers", "system", "boots", "spread"].map(
    (title) => ({
      title,
      align: "right" as const,
    }),
  );
  return `instructions per write\n${renderTable([...left, ...right], rows)}`;
}

function costCells({ perWrite, boots, spread }: InstructionCost): string[] {
  const figures = perWrite
    ? SPENDERS.map((spender) => String(Math.round(perWrite[spender])))
    : ["unstable", "-", "-", "-"];
  return [...figures, String(boots), boots > 1 ? formatPercent(spread) : "-"];
}
