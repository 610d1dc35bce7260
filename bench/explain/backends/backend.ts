import type { Trace } from "../tracing/trace.js";

/** In the order of preference: kprobe events skip no event, and need no other program. */
export const BACKENDS = ["kprobes", "bpftrace", "tracepoints"] as const;
export type BackendName = (typeof BACKENDS)[number];

/** A way to record what happens inside a write. It is open, and records between `start` and `stop`. */
export interface Backend {
  name: BackendName;
  /** For the reader: "static tracepoints". */
  what: string;
  /** Names of the events that this kernel has: tracepoints with their group, probes without. */
  events: readonly string[];
  /** What none of these events shows. */
  cannotSee: string[];
  start(): void;
  stop(): Promise<Omit<Trace, "stacks">>;
  /** Ends the recording, and leaves nothing in the kernel. It may be called twice. */
  remove(): void;
}

/** Start of the names of io-wq workers. */
export const WORKER_PREFIX = "iou-wrk-";
