import type { TraceEvent } from "../tracing/instance.js";

/** In the order of preference: of kprobe events none is skipped, and nothing must be installed. */
export const BACKENDS = ["kprobes", "bpftrace", "tracepoints"] as const;
export type BackendName = (typeof BACKENDS)[number];

/** Events of one recording, in the order of time. */
export interface RecordedEvents {
  events: TraceEvent[];
  /** Events that did not fit into a buffer. */
  lostEvents: number;
}

/** A way to see what happened inside a write. It is open, and records between `start` and `stop`. */
export interface Backend {
  name: BackendName;
  /** Words for the reader. */
  what: string;
  /** Names of the events that this kernel has: tracepoints with their group, probes without. */
  events: readonly string[];
  /** What none of them shows. */
  cannotSee: string[];
  start(): void;
  stop(): Promise<RecordedEvents>;
  /** Ends it, and leaves nothing in the kernel. Safe to call twice. */
  remove(): void;
}

/** Whose events are recorded: probes of common functions are hit all over the system. */
export interface Watched {
  /** Name of the submitting threads. */
  submitterName: string;
}

export const WORKER_PREFIX = "iou-wrk-";
