import type { FieldValue, Trace, TraceEvent } from "../tracing/trace.js";
import { EIOCBQUEUED, type IssueAttempt, type TracedWrite } from "./traced-write.js";

/** What is known of the stream of writes without tracing. */
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

/** Joins the events of a trace to one record per write of the stream. */
export function joinEvents({ events, stacks }: Trace, stream: Stream): TracedWrite[] {
  const offsetEvent = events.some(({ name }) => name === "iomap_dio_rw_begin")
    ? "iomap_dio_rw_begin"
    : "iomap_iter";
  const ownStacks = stacks.filter(({ tid }) => tid === stream.submitterTid);
  const functions = ownStacks.map((stack) => stack.functions);
  const joiner = new EventJoiner(stream, functions, offsetEvent);
  for (const event of events) joiner.add(event);
  return joiner.writes;
}

class EventJoiner {
  readonly writes: TracedWrite[] = [];
  readonly #byRequest = new Map<FieldValue, TracedWrite>();
  readonly #byOffset = new Map<number, TracedWrite>();
  /** The write that each worker is inside, by thread id. */
  readonly #inWorker = new Map<number, TracedWrite>();
  readonly #withoutSize: TracedWrite[] = [];
  #punts = 0;
  /** The write whose inline attempt is under way. */
  #current: TracedWrite | null = null;

  constructor(
    readonly stream: Stream,
    /** Of each punt, in their order. */
    readonly stacks: readonly (readonly string[])[],
    /** The event in which a worker names the file and offset that it writes. */
    readonly offsetEvent: "iomap_dio_rw_begin" | "iomap_iter",
  ) {}

  add(event: TraceEvent): void {
    this.#readSize(event);
    if (event.tid !== this.stream.submitterTid) this.#addOfWorker(event);
    else if (isSubmission(event)) this.#submit(event);
    else if (event.name === "io_uring_queue_async_work") this.#punt(event);
    else if (this.#current !== null) {
      this.#current.workersInside = this.#inWorker.size;
      if (addToAttempt(this.#current.inline, event)) this.#current = null;
    }
  }

  /** Nothing in the stream makes the file shorter, so a later size is an upper bound. */
  #readSize({ fields }: TraceEvent): void {
    if (fields.isize === undefined || fields.ino !== this.stream.inode) return;
    for (const write of this.#withoutSize.splice(0)) write.laterSizeBytes = Number(fields.isize);
  }

  #submit({ fields }: TraceEvent): void {
    const index = this.writes.length;
    const offsetBytes = this.stream.offsetsBytes[index];
    if (offsetBytes === undefined) return;
    const write: TracedWrite = {
      index,
      offsetBytes,
      lengthBytes: this.stream.blockSizeBytes,
      laterSizeBytes: null,
      workersInside: 0,
      inline: newAttempt(),
      punt: null,
      retry: null,
    };
    this.writes.push(write);
    this.#withoutSize.push(write);
    if (fields.req !== undefined) this.#byRequest.set(fields.req, write);
    this.#byOffset.set(offsetBytes, write);
    this.#current = write;
  }

  #punt({ fields }: TraceEvent): void {
    const write = this.#byRequest.get(fields.req as FieldValue) ?? this.#current;
    const stack = this.stacks[this.#punts] ?? null;
    this.#punts += 1;
    this.#current = null;
    if (write === null) return;
    // An attempt without any event may have been refused at once, by a lock.
    if (write.inline.events.length === 0) write.workersInside = this.#inWorker.size;
    const flags = Number(BigInt(fields.flags ?? 0) & 0xffn);
    write.punt = {
      forced: (flags & FORCE_ASYNC) !== 0,
      drained: (flags & IO_DRAIN) !== 0,
      stack,
    };
  }

  /** A worker names its write by the request's address, or by the offset in the file. */
  #addOfWorker(event: TraceEvent): void {
    const begun = isEntry(event)
      ? this.#byRequest.get(event.fields.req as FieldValue)
      : this.#writeAtOffset(event);
    if (begun !== undefined && begun !== this.#inWorker.get(event.tid)) {
      begun.retry ??= newAttempt();
      this.#inWorker.set(event.tid, begun);
    }
    const write = this.#inWorker.get(event.tid);
    if (write?.retry && addToAttempt(write.retry, event)) this.#inWorker.delete(event.tid);
  }

  #writeAtOffset({ name, fields }: TraceEvent): TracedWrite | undefined {
    if (fields.ino !== this.stream.inode || name !== this.offsetEvent) return undefined;
    if (name === "iomap_iter" && (Number(fields.flags) & IOMAP_DIRECT) === 0) return undefined;
    const write = this.#byOffset.get(Number(fields.pos));
    return write?.punt && write.retry === null ? write : undefined;
  }
}

function newAttempt(): IssueAttempt {
  return { events: [], entry: null, result: null };
}

/** Adds an event to an attempt; true when it was the last one of the attempt. */
function addToAttempt(attempt: IssueAttempt, event: TraceEvent): boolean {
  if (isEntry(event)) {
    // What came before belongs to io_uring, not to the filesystem.
    attempt.events = [];
    attempt.entry = event;
    return false;
  }
  if (isReturn(event) && attempt.entry !== null) {
    attempt.result = Number(event.fields.ret);
    return true;
  }
  attempt.events.push(event);
  // Where the write function cannot be probed, tracepoints show how it ended.
  if (attempt.entry === null && event.name === "iomap_dio_rw_queued")
    attempt.result ??= EIOCBQUEUED;
  if (attempt.entry === null && event.name === "iomap_dio_complete") {
    attempt.result ??= Number(event.fields.ret);
  }
  return false;
}
