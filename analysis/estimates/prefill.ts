import { PREPARATIONS, type Preparation } from "../../results/vocabulary.js";
import type { Cell } from "../cells/cell.js";
import { changeBetween } from "./change.js";
import { type Estimate, estimate } from "./estimate.js";

/** Whether it is worth the time to write every block beforehand, against one cheaper preparation. */
export interface PrefillBreakEven {
  preparation: Preparation;
  queueDepth: number;
  /** Nanoseconds to prepare one GiB. */
  prefillNsPerGib: Estimate;
  otherNsPerGib: Estimate;
  /** Wall nanoseconds that a first write takes less on a prefilled file. */
  savedNsPerWrite: number;
  /**
   * First writes to one prepared GiB after which the prefill has paid for itself. null: never, because
   * every block has been written before that.
   */
  writesPerGib: number | null;
  /** That number as a share of the first pass over the file. */
  shareOfFile: number | null;
}

const BYTES_PER_GIB = 2 ** 30;

/**
 * After how many writes a prefill has paid for itself, in wall time. A block is written for the first time only
 * once, and after that all preparations are equal, so one pass over the file saves all that can be saved. A
 * prefill that is done ahead of time, when nobody waits for it, has paid for itself at once.
 *
 * @param cells of one subject and slice.
 */
export function prefillBreakEvens(cells: readonly Cell[]): PrefillBreakEven[] {
  const inline = cells.filter((cell) => cell.scenario.arm === "inline" && cell.runOf.length > 0);
  const of = (preparation: Preparation): Cell[] =>
    inline.filter((cell) => cell.scenario.preparation === preparation);
  const prefills = new Map(of("dd-prefill").map((cell) => [cell.scenario.queueDepth, cell]));
  const others = PREPARATIONS.filter((preparation) => preparation !== "dd-prefill").flatMap(of);
  return others.flatMap((other) => {
    const prefill = prefills.get(other.scenario.queueDepth);
    return (prefill && breakEvenOf(prefill, other)) ?? [];
  });
}

function breakEvenOf(prefill: Cell, other: Cell): PrefillBreakEven | null {
  const prefillNsPerGib = estimate(prefill, "preparationNsPerGib");
  const otherNsPerGib = estimate(other, "preparationNsPerGib");
  const iopsOther = estimate(other, "iops");
  const faster = changeBetween(other, prefill, "iops");
  if (!prefillNsPerGib || !otherNsPerGib || !iopsOther || !faster) return null;
  const savedNsPerWrite = (1e9 / iopsOther.point) * (1 - 1 / faster.point);
  const extraNs = prefillNsPerGib.point - otherNsPerGib.point;
  const blocks = BYTES_PER_GIB / other.scenario.blockSizeBytes;
  const writes = Math.max(0, Math.ceil(extraNs / savedNsPerWrite));
  const pays = savedNsPerWrite > 0 && writes <= blocks;
  return {
    preparation: other.scenario.preparation,
    queueDepth: other.scenario.queueDepth,
    prefillNsPerGib,
    otherNsPerGib,
    savedNsPerWrite,
    writesPerGib: pays ? writes : null,
    shareOfFile: pays ? writes / blocks : null,
  };
}
