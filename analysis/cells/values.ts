import type { Metric } from "../../results/metrics.js";
import type { Cell } from "./cell.js";

/** Turns a measured value into what is computed with, such as its logarithm. */
export type Scale = (value: number) => number;

const unchanged: Scale = (value) => value;

/** Number of boots. */
export function bootsOf(cell: Cell): number {
  return new Set(cell.runOf.map((run) => bootOf(cell, run))).size;
}

function bootOf({ bootOfRun }: Cell, run: number): string | number {
  return bootOfRun.get(run) ?? run;
}

/** The measured values of a metric, those of each boot together. What is not finite after scaling is left out. */
export function valuesByBoot(cell: Cell, metric: Metric, scale = unchanged): number[][] {
  return [...valuesByUnit(cell, metric, scale).values()];
}

/** The same by the name of the boot, or of the host where hosts take the place of boots. */
export function valuesByUnit(
  cell: Cell,
  metric: Metric,
  scale = unchanged,
): Map<string | number, number[]> {
  const column = cell.values[metric];
  const boots = new Map<string | number, number[]>();
  for (let index = 0; index < column.length; index += 1) {
    const value = scale(column[index] as number);
    if (!Number.isFinite(value)) continue;
    const boot = bootOf(cell, cell.runOf[index] as number);
    const values = boots.get(boot);
    if (values) values.push(value);
    else boots.set(boot, [value]);
  }
  return boots;
}

/** The measured values of a metric by "run/round"; what is not finite after scaling is left out. */
export function valuesByRound(cell: Cell, metric: Metric, scale = unchanged): Map<string, number> {
  const rounds = new Map<string, number>();
  for (const [index, value] of cell.values[metric].entries()) {
    const scaled = scale(value);
    if (Number.isFinite(scaled)) rounds.set(`${cell.runOf[index]}/${cell.roundOf[index]}`, scaled);
  }
  return rounds;
}
