import type { TraceEvent } from "./event-format.js";
import type { StackSample } from "./stacks.js";

/** What the kernel recorded while something ran. */
export interface Trace {
  /** In the order of time. */
  events: TraceEvent[];
  /** Events that did not fit into a buffer. */
  lostEvents: number;
  /** Of each punt, in their order. */
  stacks: StackSample[];
}
