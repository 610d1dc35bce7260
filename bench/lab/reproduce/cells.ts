import { puntRatioOf } from "../../../results/metrics.js";
import type { Trial } from "../../../results/schema.js";
import { formatPercent } from "../../../terminal/percent.js";
import type { NowaitCell } from "./nowait.js";
import type { PublishedCell } from "./published.js";
import type { ReturnValues } from "./return-values.js";

/** One cell of the published table beside what was measured. */
export interface ReproducedCell {
  kernel: string;
  preparation: string;
  published: PublishedCell["writes"];
  /** `punted` or `inline`, or words when it is neither. */
  measured: string;
  agrees: boolean;
}

/** The first write of an inode may punt for another reason, so a few punts in a thousand do not count. */
const FEW = 0.01;

/** What the trials of one preparation show. */
export function measuredWrites(trials: readonly Trial[]): string {
  const first = trials.find((trial) => trial.status !== "ok");
  if (first) return `${first.status}: ${first.reason}`;
  const ratios = trials.map(puntRatioOf).filter((ratio) => ratio !== null);
  if (ratios.length === 0) return "not counted";
  if (ratios.every((ratio) => ratio >= 1 - FEW)) return "punted";
  if (ratios.every((ratio) => ratio <= FEW)) return "inline";
  return `${formatPercent(Math.max(...ratios))} punted`;
}

/** Compares the published cells with the trials of each kernel. */
export function reproduce(
  published: readonly PublishedCell[],
  trialsByKernel: ReadonlyMap<string, readonly Trial[]>,
): ReproducedCell[] {
  return published.map(({ kernel, preparation, writes }) => {
    const trials = (trialsByKernel.get(kernel) ?? []).filter(
      (trial) => trial.scenario.preparation === preparation,
    );
    const measured = measuredWrites(trials);
    return { kernel, preparation, published: writes, measured, agrees: measured === writes };
  });
}

/** The object that `--json` prints: the cells of both tables, and the return values. */
export function reproductionJson(
  cells: readonly ReproducedCell[],
  nowait: readonly NowaitCell[],
  returned: readonly ReturnValues[],
): object {
  return { ...counted(cells), nowait: counted(nowait), returnValues: returned };
}

function counted(cells: readonly { agrees: boolean }[]): object {
  return { cells, agreeing: cells.filter((cell) => cell.agrees).length, total: cells.length };
}
