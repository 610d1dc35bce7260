import type { SubmitterStalls } from "../../native/watch.js";
import type { Durations } from "../../results/observation.js";
import type { Names } from "./names.js";
import { addDurations, copyOf } from "./totals.js";

/** From here on a blocked submitter is worth a line. */
export const LONG_STALL_NS = 1e6;

/** How often and how long the threads of a process were blocked inside io_uring_enter while they submitted. */
export interface ProcessStalls {
  process: number;
  processName: string | null;
  count: number;
  blockedNs: number;
  maxNs: number;
  /** Of `count`, longer than 1 ms; those in the bucket of 1 ms are not in it. */
  long: number;
  durations: Durations;
}

/** Longest first. */
export function stallsOf(
  stalls: readonly SubmitterStalls[] | null,
  names: Pick<Names, "ofProcess">,
): ProcessStalls[] | null {
  if (stalls === null) return null;
  return stalls
    .map(({ process, count, blockedNs, maxNs, durations }) => {
      const long = durations
        .filter(([upTo]) => upTo * LOWER_END > LONG_STALL_NS)
        .reduce((sum, [, times]) => sum + times, 0);
      const processName = names.ofProcess(process);
      return { process, processName, count, blockedNs, maxNs, long, durations };
    })
    .sort((a, b) => b.maxNs - a.maxNs);
}

/** The lower end of a bucket is at least this share of its upper end. */
const LOWER_END = 0.8;

/** Adds up over the whole watch. */
export class StallTotals {
  readonly #totals = new Map<number, SubmitterStalls>();
  #known = true;

  add(stalls: readonly SubmitterStalls[] | null): void {
    if (stalls === null) this.#known = false;
    for (const more of stalls ?? []) {
      const sum = this.#totals.get(more.process);
      if (sum === undefined) {
        this.#totals.set(more.process, { ...more, durations: copyOf(more.durations) });
        continue;
      }
      sum.count += more.count;
      sum.blockedNs += more.blockedNs;
      sum.maxNs = Math.max(sum.maxNs, more.maxNs);
      addDurations(sum.durations, more.durations);
    }
  }

  all(): SubmitterStalls[] | null {
    return this.#known ? [...this.#totals.values()] : null;
  }
}
