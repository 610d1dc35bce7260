import type { WatchLosses } from "../../native/watch.js";
import type { KernelWorkerUse } from "./kernel-workers.js";
import { byWorkers, type Observation } from "./observation.js";
import type { ProcessStalls } from "./stalls.js";
import type { DroppedRows } from "./totals.js";
import type { WorkerUse } from "./workers.js";

/** Everything that is said of one interval, or of the whole watch. */
export interface Report {
  seconds: number;
  observations: Observation[];
  /** io-wq workers of the watched processes. */
  workers: WorkerUse;
  /** Of the processes whose submitting threads were blocked; null: this kernel does not let us see it. */
  stalls: ProcessStalls[] | null;
  /** Of the whole watch only, because it takes long to read; null in an interval. */
  kernelWorkers: KernelWorkerUse | null;
  /** One request in this many has its latency measured. */
  sampled: number;
  /** Since the watch began. */
  lost: WatchLosses;
  dropped: DroppedRows;
}

/** Processes whose submitting threads were blocked, and of which no request completed: they have no row. */
export function stalledWithoutRequests({
  observations,
  stalls,
}: Pick<Report, "observations" | "stalls">): ProcessStalls[] {
  const completed = new Set(observations.map(({ process }) => process));
  return (stalls ?? []).filter(({ process }) => !completed.has(process));
}

/** What rows that are not shown have in common. */
interface LeftOut {
  rows: number;
  requests: number;
  byWorkers: number;
}

/** The first `limit` rows of each process, and what all others did: with thousands of files those few are what is read. */
export function dearest(
  { observations: all }: Report,
  limit: number,
): { observations: Observation[]; leftOut: LeftOut } {
  const shown = new Map<number, number>();
  const observations: Observation[] = [];
  const leftOut = { rows: 0, requests: 0, byWorkers: 0 };
  for (const row of all) {
    const rows = (shown.get(row.process) ?? 0) + 1;
    shown.set(row.process, rows);
    if (rows <= limit) {
      observations.push(row);
      continue;
    }
    leftOut.rows += 1;
    leftOut.requests += row.requests;
    leftOut.byWorkers += byWorkers(row);
  }
  return { observations, leftOut };
}
