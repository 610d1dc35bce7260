import type {
  Attempt,
  InodeState,
  PuntRecord,
  RequestRecord,
  Step,
} from "../../../native/causes.js";
import { atLeast, type KernelVersion } from "../../rules/kernel-version.js";

/** -EAGAIN: the attempt would have had to wait. */
export const EAGAIN = -11;
/** -EIOCBQUEUED: the filesystem handed the write to the device and did not wait. */
export const EIOCBQUEUED = -529;

// REQ_F_FORCE_ASYNC and REQ_F_IO_DRAIN, from 5.10 to 7.3.
const FORCE_ASYNC = 0x10;
const IO_DRAIN = 0x2;
/** BLK_STS_NOTSUPP of include/linux/blk_types.h. */
const NOTSUPP = 1;
/** include/linux/fs.h, from 5.10 to 7.3. */
const FMODE_NOWAIT = 0x800_0000;

/** A bio that ended without being done. */
export interface BioRefused {
  /** As include/linux/blk_types.h names it. */
  status: "BLK_STS_AGAIN" | "BLK_STS_NOTSUPP";
  /** The kernel's function that the end returns to. */
  endedBy: string;
}

/** One call of the filesystem's write function. */
export interface IssueAttempt {
  /** In their order. */
  steps: readonly Step[];
  /** The write function was seen to be called. */
  entered: boolean;
  /** Return value of the write function; null where it could not be seen. */
  result: number | null;
  /** How the block layer ended the request's bio at once; null: it was not seen to. */
  bioRefused: BioRefused | null;
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

/** One write, with the evidence that the kernel gave of it. */
export interface TracedWrite {
  offsetBytes: number;
  lengthBytes: number;
  /** Of the inode, at the inline attempt or right after it; null for writes that did not punt. */
  state: InodeState | null;
  /** Why io_uring makes no inline attempt at any request to this file; null: it makes them, or it was not seen. */
  neverInline: string | null;
  /**
   * An io-wq worker was inside a write to the same file during the inline attempt. Where the end of a worker's write
   * is not seen: a worker had begun one.
   */
  workerInside: boolean;
  /** The non-blocking attempt, on the submitting thread. */
  inline: IssueAttempt;
  /** null when the write was issued inline. */
  punt: Punt | null;
  /** The second attempt, in an io-wq worker; null: not seen. */
  retry: IssueAttempt | null;
}

/** Where a write lies, for records that do not say it. */
export interface Place {
  offsetBytes: number;
  lengthBytes: number;
}

/** What the record of a request does not hold. */
export interface TracingSurroundings {
  kernel: KernelVersion;
  /** A worker was inside a retry while the inline attempt was made. */
  workerInside: boolean;
  /** The names of a stack's functions. */
  functionsOf(stack: readonly bigint[]): string[];
}

export function tracedWrite(
  { inline, punt }: RequestRecord,
  { offsetBytes, lengthBytes }: Place,
  { kernel, workerInside, functionsOf }: TracingSurroundings,
): TracedWrite {
  return {
    offsetBytes,
    lengthBytes,
    state: punt?.state ?? null,
    neverInline: punt === null ? null : whyNeverInline(punt, kernel),
    workerInside,
    inline: issueAttempt(inline, functionsOf),
    punt:
      punt === null
        ? null
        : {
            forced: (punt.requestFlags & FORCE_ASYNC) !== 0,
            drained: (punt.requestFlags & IO_DRAIN) !== 0,
            stack: punt.stack.length === 0 ? null : functionsOf(punt.stack),
          },
    retry: punt?.retry ? issueAttempt(punt.retry, functionsOf) : null,
  };
}

/**
 * As io_file_supports_nowait decides: from Linux 6.4 on by the flag of the open file, before by the device below, whatever the
 * flag says.
 */
function whyNeverInline(
  { fileMode, deviceWaits }: PuntRecord,
  kernel: KernelVersion,
): string | null {
  if (!atLeast(kernel, 6, 4)) {
    return deviceWaits ? "the device of the file has no QUEUE_FLAG_NOWAIT" : null;
  }
  const closed = fileMode !== null && (fileMode & FMODE_NOWAIT) === 0;
  return closed ? "the open file has no FMODE_NOWAIT" : null;
}

function issueAttempt(
  attempt: Attempt | null,
  functionsOf: TracingSurroundings["functionsOf"],
): IssueAttempt {
  if (attempt === null) return { steps: [], entered: false, result: null, bioRefused: null };
  const { steps, entered, result } = attempt;
  return {
    steps,
    entered,
    result: entered ? result : resultByTracepoints(steps),
    bioRefused: bioRefused(steps, functionsOf),
  };
}

/** The first is the innermost: what stands above it on the same device ends after it. */
function bioRefused(
  steps: readonly Step[],
  functionsOf: TracingSurroundings["functionsOf"],
): BioRefused | null {
  const end = steps.find(({ name }) => name === "bio_refused");
  if (end === undefined) return null;
  const [endedBy = "a function"] = functionsOf([BigInt.asUintN(64, BigInt(end.detail))]);
  return { status: end.value === NOTSUPP ? "BLK_STS_NOTSUPP" : "BLK_STS_AGAIN", endedBy };
}

/** Where the write function cannot be probed, tracepoints show how it ended, if it came as far as the device. */
function resultByTracepoints(steps: readonly Step[]): number | null {
  const end = steps.find(({ name }) =>
    ["iomap_dio_rw_queued", "iomap_dio_complete"].includes(name),
  );
  if (end === undefined) return null;
  return end.name === "iomap_dio_rw_queued" ? EIOCBQUEUED : end.value;
}

/** For each record, whether a worker was inside a retry while its inline attempt was made. */
export function workersInside(records: readonly RequestRecord[]): boolean[] {
  const retries = records
    .flatMap(({ punt }) => punt?.retry ?? [])
    .sort((a, b) => a.beganNs - b.beganNs);
  const order = [...records.keys()].sort((a, b) => endNs(records[a]) - endNs(records[b]));
  const inside: boolean[] = records.map(() => false);
  let next = 0;
  let latestEndNs = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    const record = records[index] as RequestRecord;
    for (; next < retries.length; next += 1) {
      const { beganNs, endedNs } = retries[next] as Attempt;
      if (beganNs >= endNs(record)) break;
      latestEndNs = Math.max(latestEndNs, endedNs ?? Number.POSITIVE_INFINITY);
    }
    const beganNs = record.inline?.beganNs ?? record.punt?.atNs ?? 0;
    inside[index] = latestEndNs > beganNs;
  }
  return inside;
}

/** When the inline attempt was over. */
function endNs(record: RequestRecord | undefined): number {
  return record?.inline?.endedNs ?? record?.punt?.atNs ?? record?.inline?.beganNs ?? 0;
}
