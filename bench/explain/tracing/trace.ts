/** A bigint where a double is not exact enough: for kernel addresses. */
export type FieldValue = number | bigint;
export type Fields = Readonly<Record<string, FieldValue>>;

/** One event of a trace, with the field names of the kernel's own format file. */
export interface TraceEvent {
  timeNs: number;
  /** Thread id. */
  tid: number;
  name: string;
  fields: Fields;
}

/** The kernel stack of one punt, innermost function first. */
export interface StackSample {
  tid: number;
  functions: string[];
}

/** What the kernel recorded while something ran. */
export interface Trace {
  /** In the order of time. */
  events: TraceEvent[];
  /** Events that did not fit into a buffer. */
  lostEvents: number;
  /** Of each punt, in their order. */
  stacks: StackSample[];
}
