import { METRICS, type Metric } from "../../results/metrics.js";
import { scenarioKey } from "../../results/scenario.js";
import type { Scenario } from "../../results/schema.js";
import { plural } from "../../terminal/plural.js";
import type { Cell } from "../cells/cell.js";
import type { Subject } from "../cells/subject.js";
import { type Change, changeBetween } from "./change.js";
import { estimate } from "./estimate.js";
import { formatChange, formatChangeInterval } from "./format.js";
import { commonSpending } from "./spending.js";

/**
 * What the writes of a scenario cost against the same writes into written blocks, of the same run where there is
 * one: what a cure for their punts can save at best.
 */
export interface CureSaving {
  subject: Subject;
  scenario: Scenario;
  /** Which spenders `cpuNs` sums. */
  cpu: Metric;
  /** CPU time per write, as a ratio to that into written blocks. */
  cpuNs: Change;
  /** Writes per second, likewise; null for paced writes, whose rate is set by the pace. */
  iops: Change | null;
  trials: number;
}

/** None for emulated times, for writes into written blocks themselves, and where these were not measured. */
export function cureSavings(cells: readonly Cell[]): CureSaving[] {
  const byKey = new Map(cells.map((cell) => [keyOf(cell, cell.scenario), cell]));
  return cells.flatMap((cell) => {
    const { subject, scenario } = cell;
    const written = { ...scenario, preparation: "dd-prefill", arm: "inline" } as const;
    const reference = byKey.get(keyOf(cell, written));
    if (subject.emulated || reference === undefined || reference === cell) return [];
    const cpu = commonSpending([reference, cell], "cpuNs");
    const cpuNs = changeBetween(reference, cell, cpu);
    if (cpuNs === null) return [];
    const iops = scenario.intervalNs > 0 ? null : changeBetween(reference, cell, "iops");
    const trials = estimate(cell, cpu)?.trials ?? 0;
    return [{ subject, scenario, cpu, cpuNs, iops, trials }];
  });
}

function keyOf({ subject }: Cell, scenario: Scenario): string {
  return `${subject.id} ${scenarioKey(scenario)}`;
}

/** "CPU per write × 2.31 (2.20 to 2.45), IOPS × 0.41 (0.38 to 0.44), 5 trials". */
export function cureSavingWords({ cpu, cpuNs, iops, trials }: CureSaving): string {
  const words = (what: string, change: Change): string =>
    `${what} ${formatChange(change)} (${formatChangeInterval(change)})`;
  const measured = [words(METRICS[cpu].title, cpuNs), ...(iops ? [words("IOPS", iops)] : [])];
  return `${measured.join(", ")}, ${plural(trials, "trial")}`;
}
