import type { TraceEvent } from "../tracing/trace.js";

/** -EAGAIN: the attempt would have had to wait. */
export const EAGAIN = -11;
/** -EIOCBQUEUED: the filesystem handed the write to the device and did not wait. */
export const EIOCBQUEUED = -529;

/** One call of the filesystem's write function. */
export interface IssueAttempt {
  events: TraceEvent[];
  /** Entry of the write function; null where it could not be probed. */
  entry: TraceEvent | null;
  /** Return value of the write function; null where it could not be seen. */
  result: number | null;
}

/** How a write was handed to io-wq. */
export interface Punt {
  /** REQ_F_FORCE_ASYNC was set: io_uring made no inline attempt. */
  forced: boolean;
  /** The write had to wait for all requests before it. */
  drained: boolean;
  /** Innermost function first; null where none was recorded. */
  stack: readonly string[] | null;
}

/** One write from its submission to its end, as far as the trace shows it. */
export interface TracedWrite {
  /** It was the n-th write submitted, from 0. */
  index: number;
  offsetBytes: number;
  lengthBytes: number;
  /** The size of the file that a later event shows: at the attempt it was no larger. null: no event shows it. */
  laterSizeBytes: number | null;
  /**
   * io-wq workers that were inside a write of this stream when the inline attempt ended. Where no probe shows that
   * a worker leaves a write, all workers that had entered one by then.
   */
  workersInside: number;
  /** The non-blocking attempt, on the submitting thread. */
  inline: IssueAttempt;
  /** null when the write was issued inline. */
  punt: Punt | null;
  /** The second attempt, in an io-wq worker. */
  retry: IssueAttempt | null;
}
