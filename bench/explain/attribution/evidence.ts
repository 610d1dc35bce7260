import type { Step } from "../../../native/causes.js";
import { type Attribution, type AttributionContext, attributed, undecided } from "./attribution.js";
import { EIOCBQUEUED, type IssueAttempt, type TracedWrite } from "./traced-write.js";

/** What ext4 found when it looked for the blocks of a write. */
export interface ExtentLookup {
  state: "written" | "unwritten" | "delayed" | "hole" | "unseen";
  /** Blocks from the first one of the write on. */
  blocks: number;
}

// EXTENT_STATUS_* of fs/ext4/extents_status.h, EXT4_MAP_UNWRITTEN of fs/ext4/ext4.h.
const WRITTEN = 1 << 0;
const UNWRITTEN = 1 << 1;
const DELAYED = 1 << 2;
const MAP_UNWRITTEN = 1 << 11;
/** S_NOSEC of include/linux/fs.h: the inode has no security attributes that a write must clear. */
const S_NOSEC = 1 << 12;
/** IOMAP_DIO_FORCE_WAIT of include/linux/iomap.h. */
const DIO_FORCE_WAIT = 1;

export function stepsNamed({ steps }: IssueAttempt, ...names: string[]): Step[] {
  return steps.filter(({ name }) => names.includes(name));
}

/** Whether any of these steps was seen. */
export function has(attempt: IssueAttempt, ...names: string[]): boolean {
  return stepsNamed(attempt, ...names).length > 0;
}

/** Whether the probe at a function's return saw this value. */
export function returned(attempt: IssueAttempt, probe: string, result: number): boolean {
  return stepsNamed(attempt, probe).some(({ value }) => value === result);
}

/** The extent look-ups of ext4 for a write, in their order. */
export function extentLookups(
  { inline: { steps }, offsetBytes }: TracedWrite,
  { filesystemBlockBytes }: AttributionContext,
): ExtentLookup[] {
  const first = Math.floor(offsetBytes / filesystemBlockBytes);
  const found: ExtentLookup[] = [];
  for (const { name, value, detail } of steps) {
    if (name === "ext4_es_lookup_extent_exit") {
      found.push({ state: value < 0 ? "unseen" : stateOf(value), blocks: detail - first });
    }
    // The extent was not in memory: ext4 reads the extent tree next.
    if (name === "ext4_ext_map_blocks_exit" && found.at(-1)?.state === "unseen") {
      found[found.length - 1] = treeLookup(value, detail);
    }
  }
  return found;
}

function treeLookup(result: number, mapFlags: number): ExtentLookup {
  if (result === 0) return { state: "hole", blocks: 0 };
  if (result < 0) return { state: "unseen", blocks: 0 };
  return { state: mapFlags & MAP_UNWRITTEN ? "unwritten" : "written", blocks: result };
}

function stateOf(status: number): ExtentLookup["state"] {
  if (status & WRITTEN) return "written";
  if (status & UNWRITTEN) return "unwritten";
  return status & DELAYED ? "delayed" : "hole";
}

/** The size of the file at the attempt, or an upper bound of it, and when it was seen. */
export function seenSizeBytes({ state }: TracedWrite): { bytes: number; when: string } | null {
  if (state === null) return null;
  const when = state.seen === "at-entry" ? "at the inline attempt" : "right after the attempt";
  return { bytes: state.sizeBytes, when };
}

/** null: the flags of the inode were not seen. */
export function hasNoSecurityAttributes({ state }: TracedWrite): boolean | null {
  return state === null ? null : (state.inodeFlags & S_NOSEC) !== 0;
}

/** ext4 makes the worker wait for the device when the write extends the file or needs the exclusive lock. null: not seen. */
export function workerForcedToWait({ retry }: TracedWrite): boolean | null {
  const [begin] = retry === null ? [] : stepsNamed(retry, "iomap_dio_rw_begin");
  return begin ? (begin.value & DIO_FORCE_WAIT) !== 0 : null;
}

/** Blocks of the filesystem that a write touches. */
export function blocksOf(
  { offsetBytes, lengthBytes }: TracedWrite,
  { filesystemBlockBytes }: AttributionContext,
): number {
  const first = Math.floor(offsetBytes / filesystemBlockBytes);
  return Math.ceil((offsetBytes + lengthBytes) / filesystemBlockBytes) - first;
}

/** To blocks of the filesystem. */
export function isAligned(
  { offsetBytes, lengthBytes }: TracedWrite,
  { filesystemBlockBytes }: AttributionContext,
): boolean {
  return offsetBytes % filesystemBlockBytes === 0 && lengthBytes % filesystemBlockBytes === 0;
}

/** Direct I/O found a page of the range in the page cache. null: the trace does not show that. */
export function cachedPageFound(inline: IssueAttempt): Attribution | null {
  if (!returned(inline, "has_page_ret", 1)) return null;
  return attributed("page-cache", "filemap_range_has_page returned 1");
}

/** iomap_dio_rw ended where it would have dropped cached pages. null: the trace does not show that. */
export function stoppedAtPageCache(inline: IssueAttempt): Attribution | null {
  if (!has(inline, "iomap_dio_rw_begin") || has(inline, "iomap_iter")) return null;
  return attributed(
    "page-cache",
    "iomap_dio_rw began and stopped before its first mapping, where pages are invalidated",
  );
}

/** io_uring makes no inline attempt at this file. null: it does, or that was not seen. */
export function withoutNowait({ neverInline }: TracedWrite): Attribution | null {
  return neverInline === null ? null : attributed("no-nowait", neverInline);
}

/**
 * It came as far as the device, and io_uring got it back with -EAGAIN. null: it did not. What carries REQ_NOWAIT is not split, and
 * not taken by a device without that feature: requests to block devices, and from Linux 7.3 on reads of one block of a file
 * (__iomap_dio_read_simple).
 */
export function givenBack({ result, bioRefused }: IssueAttempt): Attribution | null {
  if (result !== EIOCBQUEUED) return null;
  const queued = "it was queued at the device (EIOCBQUEUED) and punted after that";
  if (bioRefused === null) {
    return undecided(`${queued}: a device below gave it back, and the trace does not show why`);
  }
  const { status, endedBy } = bioRefused;
  const evidence = `${queued}: its bio ended with ${status} in ${endedBy}`;
  if (status === "BLK_STS_NOTSUPP") {
    return {
      ...attributed("no-nowait", evidence),
      curedBy: "a filesystem directly on a disk or partition",
    };
  }
  return endedBy.includes("split") ? attributed("splits-request", evidence) : undecided(evidence);
}

/** The last step of the attempt is a lock that could not be taken. null: it is another step. */
export function lockRefusal({ inline, workerInside }: TracedWrite): Attribution | null {
  const last = inline.steps.at(-1);
  const lock = LOCKS[last?.name ?? ""];
  if (lock === undefined || last?.value !== 0) return null;
  const failed = `${lock} failed before any check of the write`;
  if (!workerInside) return attributed("lock-contended", failed);
  const overlap = "while an io-wq worker was inside an earlier write to the file";
  return { ...attributed("lock-contended", `${failed}, ${overlap}`), ...OWN_WORKER };
}

/** The filesystem gave up before a step that it makes right after it takes the lock. For kernels where locks are not seen. */
export function lockByElimination({ workerInside }: TracedWrite, evidence: string): Attribution {
  return { ...attributed("lock-contended", evidence), ...(workerInside ? PERHAPS_OWN_WORKER : {}) };
}

/** Probes show each attempt to take a lock. */
export const seesLocks = ({ events }: AttributionContext) => events.includes("read_trylock_ret");

/** Workers of the same stream hold the lock. */
const OWN_WORKER = {
  curedBy: "what cures the earlier writes, whose retries hold the lock",
  ownWorker: true,
} as const;

/** The same where the trace does not show when a worker releases the lock. */
const PERHAPS_OWN_WORKER = {
  curedBy: `${OWN_WORKER.curedBy}, if they hold it; else one writer per file`,
  ownWorker: true,
} as const;

const LOCKS: Record<string, string> = {
  read_trylock_ret: "down_read_trylock",
  write_trylock_ret: "down_write_trylock",
};
