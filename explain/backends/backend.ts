import type { TraceInstance } from "../tracing/instance.js";
import type { Tracefs } from "../tracing/tracefs.js";

export const BACKENDS = ["kprobes", "tracepoints"] as const;
export type BackendName = (typeof BACKENDS)[number];

/** A way to see what happened inside a write. */
export interface Backend {
  name: BackendName;
  /** Words for the reader. */
  what: string;
  /** Switches its events on; returns the names of those that this kernel has. */
  enable(instance: TraceInstance, filter: string): string[];
  /** What no event of it shows on this kernel, `events` being those that it has. */
  cannotSee(events: readonly string[]): string[];
  /** After the instance is gone. */
  remove(): void;
}

/** Probes of functions need CONFIG_KPROBE_EVENTS. */
export function hasKprobes(tracefs: Tracefs): boolean {
  return tracefs.exists("kprobe_events");
}
