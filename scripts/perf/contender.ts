import type { Ring } from "../../results/vocabulary.js";

/** What one contender achieved in one round on a newly prefilled file. */
export interface Achieved {
  iops: number;
  /** CPU time of the thread that submits, as the contender reports it. */
  cpuNsPerWrite: number;
  /** Calls of io_uring_enter, where the contender itself counts them: counting from outside costs time. */
  callsPerWrite?: number;
}

/** Flags of the ring of the driver and of the bare loop, by the name that `bench --ring` has for them. */
export type PerfRing = Exclude<Ring, "best">;
export const PERF_RINGS: readonly PerfRing[] = ["defer", "coop", "plain"];

export interface Load {
  file: string;
  queueDepth: number;
  blockSizeBytes: number;
  writes: number;
}
