import type { Durations } from "../results/observation.js";
import { openPrograms } from "./bpf-programs.js";
import { durationsOf, type Reading, RowReader, type WatchRow } from "./watch-rows.js";

export type { WatchRow };

/** How often and how long the threads of a process were blocked inside io_uring_enter since the last reading. */
export interface SubmitterStalls {
  process: number;
  count: number;
  /** Sum and longest. */
  blockedNs: number;
  maxNs: number;
  durations: Durations;
}

/** What is not in the rows, since the watch began. */
export interface WatchLosses {
  /** Not counted: too many rows. */
  requests: number;
  /** Punts that stand among the inline requests: too many were under way. */
  punts: number;
  /** Latencies that were not measured. */
  latencies: number;
  /** Completions of no known request: Linux 5.10 gives only its user_data, which others under way may have too. */
  unmatched: number;
  /** Times that a thread was blocked which are not in the stalls: too many processes or threads. */
  stalls: number;
  /** Events at which the kernel did not run a BPF program: any of the counts may be too low by these. */
  events: number;
}

export interface WatchOptions {
  /** true: every process; else those given to `add`, and processes that they start. */
  everything: boolean;
  /** Also programs of this name that start later, from their first request on; "": none. */
  name: string;
  /** One request in 2^n has its latency measured. Counts are exact. */
  sampleShift: number;
}

/** Watches io_uring requests with BPF programs until `close`, or the end of this process. */
export interface Watch {
  add(process: number): void;
  remove(process: number): void;
  /** What was added since the last call, or since `openWatch`: rows with at least one request. */
  take(): WatchRow[];
  /**
   * Only uninterruptible sleep counts, so waiting for completions does not. null: the kernel does not let BPF programs
   * see in which system call a thread sleeps (before Linux 5.15).
   */
  takeStalls(): SubmitterStalls[] | null;
  lost(): WatchLosses;
  close(): void;
}

type Addon = Omit<Watch, "take" | "takeStalls"> & {
  take(): Reading;
  /** `buckets`: one count for each. */
  takeStalls(): (Omit<SubmitterStalls, "durations"> & { buckets: Uint32Array })[] | null;
};

/** Loads and attaches the programs. Throws a UserError with the remedy where that is impossible. */
export function openWatch(options: WatchOptions): Watch {
  const addon: Addon = openPrograms("Watch", "watch.bpf.o", options);
  const reader = new RowReader();
  return {
    add: (process) => addon.add(process),
    remove: (process) => addon.remove(process),
    take: () => reader.rowsOf(addon.take()),
    takeStalls: () =>
      addon.takeStalls()?.map(({ buckets, ...stalls }) => {
        const pairs = [...buckets.entries()].filter(([, count]) => count > 0).flat();
        return { ...stalls, durations: durationsOf(Uint32Array.from(pairs)) };
      }) ?? null,
    lost: () => addon.lost(),
    close: () => addon.close(),
  };
}
