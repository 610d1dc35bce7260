import type { Trial } from "../../../results/schema.js";
import type { NowaitCell } from "./nowait.js";
import type { PublishedCell, Verdict } from "./published.js";
import type { ReturnValues } from "./return-values.js";

/** One cell of the published table beside what was measured. */
export interface ReproducedCell {
  kernel: string;
  preparation: string;
  published: Verdict;
  /** `punted` or `inline`, or words for what is neither. */
  measured: string;
  agrees: boolean;
}

/** The first write of an inode may punt for a reason of its own, so a few in a thousand mean nothing. */
const FEW = 0.01;

/** What the trials say of one preparation. */
export function verdictOf(trials: readonly Trial[]): string {
  const done = trials.filter((trial) => trial.status === "ok" && trial.puntCount !== null);
  const first = trials.find((trial) => trial.status !== "ok");
  if (first) return `${first.status}: ${first.reason}`;
  if (done.length === 0) return "not counted";
  const ratios = done.map((trial) => (trial.puntCount as number) / trial.writes);
  if (ratios.every((ratio) => ratio >= 1 - FEW)) return "punted";
  if (ratios.every((ratio) => ratio <= FEW)) return "inline";
  return `${Math.round(Math.max(...ratios) * 100)} % punted`;
}

/** Compares the published cells with the trials of each kernel. */
export function reproduce(
  published: readonly PublishedCell[],
  trialsByKernel: ReadonlyMap<string, readonly Trial[]>,
): ReproducedCell[] {
  return published.map(({ kernel, preparation, verdict }) => {
    const trials = (trialsByKernel.get(kernel) ?? []).filter(
      (trial) => trial.scenario.preparation === preparation,
    );
    const measured = verdictOf(trials);
    return { kernel, preparation, published: verdict, measured, agrees: measured === verdict };
  });
}

/** The object that `--json` prints: the punt table, and beside it the second document's answers. */
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
