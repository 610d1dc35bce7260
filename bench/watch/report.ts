import type { WatchLosses } from "../../native/watch.js";
import type { KernelWorkerUse } from "./kernel-workers.js";
import type { Observation } from "./observation.js";
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
