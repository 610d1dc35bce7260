import type { Metric } from "../../results/metrics.js";
import type { Cell } from "../cells/cell.js";

/** What a write spends: CPU time, or instructions where time means nothing. */
export type Spending = "cpuNs" | "instructions";

const WITHOUT_KERNEL_WORKERS = {
  cpuNs: "cpuNsProcess",
  instructions: "instructionsProcess",
} as const satisfies Record<Spending, Metric>;

/**
 * The sum of spenders that all of these cells have: with kernel workers; or without, when some trial lacks
 * them (files of version 1, or a container). One comparison so never mixes the two, and its title says which it is.
 */
export function commonSpending(cells: readonly Cell[], spending: Spending): Metric {
  const fallback = WITHOUT_KERNEL_WORKERS[spending];
  const lacking = cells.some(({ values }) =>
    values[spending].some(
      (value, trial) => Number.isNaN(value) && !Number.isNaN(values[fallback][trial]),
    ),
  );
  return lacking ? fallback : spending;
}
