import type { StackSample } from "./stacks.js";
import type { FieldValue } from "./tracing/event-format.js";
import type { TraceEvent } from "./tracing/instance.js";

/** -EAGAIN: the attempt would have had to wait. */
export const EAGAIN = -11;
/** -EIOCBQUEUED: the filesystem handed the write to the device and did not wait. */
export const EIOCBQUEUED = -529;

/** One pass through the filesystem's write function. */
export interface Pass {
  events: TraceEvent[];
  /** The write function's entry, where it could be probed. */
  entry: TraceEvent | null;
  /** What it returned; null where that could not be seen. */
  result: number | null;
}

/** One write from its submission to its end, as far as it was seen. */
export interface Attempt {
  /** It was the n-th write submitted, from 0. */
  index: number;
  offsetBytes: number;
  lengthBytes: number;
  /** Size of the file when the trace next tells it: at the attempt it was no larger. null: never told. */
  sizeAfterBytes: number | null;
  /**
   * io-wq workers that were inside a write of this stream at the end of the inline attempt; where no probe shows
   * when they leave it, those that had entered one by then.
   */
  workersInside: number;
  /** The non-blocking attempt, on the submitting thread. */
  inline: Pass;
  /** The hand-over to io-wq; null when the write was issued inline. */
  punt: {
    /** io_uring was told, or told itself, not to try inline. */
    forced: boolean;
    /** It had to wait for all requests before it. */
    drained: boolean;
    hashed: boolean;
    stack: readonly string[] | null;
  } | null;
  /** The second attempt, in an io-wq worker. */
  worker: Pass | null;
}

/** What is known of the stream without tracing. */
export interface Stream {
  submitterTid: number;
  inode: number;
  blockSizeBytes: number;
  /** Offset of the n-th write. */
  offsetsBytes: readonly number[];
}

// REQ_F_FORCE_ASYNC and REQ_F_IO_DRAIN, from 5.10 to 7.3; IOMAP_DIRECT.
const FORCE_ASYNC = 0x10;
const IO_DRAIN = 0x2;
const IOMAP_DIRECT = 0x10;

const isSubmission = ({ name }: TraceEvent) =>
  name === "io_uring_submit_req" || name === "io_uring_submit_sqe";
const isEntry = ({ name }: TraceEvent) => /^write_(ext4|xfs|btrfs|overlay)$/.test(name);
const isReturn = ({ name }: TraceEvent) => /^write_(ext4|xfs|btrfs|overlay)_ret$/.test(name);

/** Takes a recording apart into the writes of one stream. */
export function attemptsOf(
  events: readonly TraceEvent[],
  stacks: readonly StackSample[],
  stream: Stream,
): Attempt[] {
  const placing = events.some(({ name }) => name === "iomap_dio_rw_begin")
    ? "iomap_dio_rw_begin"
    : "iomap_iter";
  const builder = new Builder(stream, stacks, placing);
  for (const event of events) {
    builder.onAny(event);
    if (event.tid === stream.submitterTid) builder.onSubmitter(event);
    else builder.onOther(event);
  }
  return builder.attempts;
}

class Builder {
  readonly attempts: Attempt[] = [];
  readonly #byRequest = new Map<FieldValue, Attempt>();
  readonly #byOffset = new Map<number, Attempt>();
  readonly #inWorker = new Map<number, Attempt>();
  readonly #stacks: readonly (readonly string[])[];
  readonly #withoutSize: Attempt[] = [];
  #punts = 0;
  #open: Attempt | null = null;

  constructor(
    readonly stream: Stream,
    stacks: readonly StackSample[],
    /** The event by which a worker says at which offset of which file it is. */
    readonly placing: "iomap_dio_rw_begin" | "iomap_iter",
  ) {
    this.#stacks = stacks
      .filter(({ tid }) => tid === stream.submitterTid)
      .map(({ functions }) => functions);
  }

  /** Nothing in the stream makes the file shorter, so a later size is an upper bound. */
  onAny({ fields }: TraceEvent): void {
    if (fields.isize === undefined || fields.ino !== this.stream.inode) return;
    for (const attempt of this.#withoutSize.splice(0))
      attempt.sizeAfterBytes = Number(fields.isize);
  }

  onSubmitter(event: TraceEvent): void {
    if (isSubmission(event)) this.#submitted(event);
    else if (event.name === "io_uring_queue_async_work") this.#punted(event);
    else if (this.#open !== null) {
      this.#open.workersInside = this.#inWorker.size;
      if (record(this.#open.inline, event)) this.#open = null;
    }
  }

  #submitted({ fields }: TraceEvent): void {
    const index = this.attempts.length;
    const offsetBytes = this.stream.offsetsBytes[index];
    if (offsetBytes === undefined) return;
    const attempt: Attempt = {
      index,
      offsetBytes,
      lengthBytes: this.stream.blockSizeBytes,
      sizeAfterBytes: null,
      workersInside: 0,
      inline: emptyPass(),
      punt: null,
      worker: null,
    };
    this.attempts.push(attempt);
    this.#withoutSize.push(attempt);
    if (fields.req !== undefined) this.#byRequest.set(fields.req, attempt);
    this.#byOffset.set(offsetBytes, attempt);
    this.#open = attempt;
  }

  #punted({ fields }: TraceEvent): void {
    const attempt = this.#byRequest.get(fields.req as FieldValue) ?? this.#open;
    const stack = this.#stacks[this.#punts] ?? null;
    this.#punts += 1;
    this.#open = null;
    if (attempt === null || attempt === undefined) return;
    // An attempt of which no step was seen may have been refused at once, by a lock.
    if (attempt.inline.events.length === 0) attempt.workersInside = this.#inWorker.size;
    const flags = Number(BigInt(fields.flags ?? 0) & 0xffn);
    attempt.punt = {
      forced: (flags & FORCE_ASYNC) !== 0,
      drained: (flags & IO_DRAIN) !== 0,
      hashed: Number(fields.rw ?? fields.hashed ?? 0) === 1,
      stack,
    };
  }

  /** A worker says which write it is at by the request's address, or by its offset in the file. */
  onOther(event: TraceEvent): void {
    const named = isEntry(event)
      ? this.#byRequest.get(event.fields.req as FieldValue)
      : this.#byPlace(event);
    if (named !== undefined && named !== this.#inWorker.get(event.tid)) {
      named.worker ??= emptyPass();
      this.#inWorker.set(event.tid, named);
    }
    const attempt = this.#inWorker.get(event.tid);
    if (attempt?.worker && record(attempt.worker, event)) this.#inWorker.delete(event.tid);
  }

  #byPlace({ name, fields }: TraceEvent): Attempt | undefined {
    if (fields.ino !== this.stream.inode) return undefined;
    const direct = name !== "iomap_iter" || (Number(fields.flags) & IOMAP_DIRECT) !== 0;
    const begins = name === this.placing && direct;
    const attempt = begins ? this.#byOffset.get(Number(fields.pos)) : undefined;
    return attempt?.punt && attempt.worker === null ? attempt : undefined;
  }
}

function emptyPass(): Pass {
  return { events: [], entry: null, result: null };
}

/** Adds an event to a pass; true when it was the pass's last. */
function record(pass: Pass, event: TraceEvent): boolean {
  if (isEntry(event)) {
    // What came before belongs to io_uring, not to the filesystem.
    pass.events = [];
    pass.entry = event;
    return false;
  }
  if (isReturn(event) && pass.entry !== null) {
    pass.result = Number(event.fields.ret);
    return true;
  }
  pass.events.push(event);
  // Without the return of the write function, the tracepoints tell how it ended.
  if (pass.entry === null && event.name === "iomap_dio_rw_queued") pass.result ??= EIOCBQUEUED;
  if (pass.entry === null && event.name === "iomap_dio_complete") {
    pass.result ??= Number(event.fields.ret);
  }
  return false;
}
