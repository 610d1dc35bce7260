import { atLeast } from "../../rules/kernel-version.js";
import { type Attribution, type AttributionContext, attributed, undecided } from "./attribution.js";
import {
  cachedPageFound,
  has,
  hasNoSecurityAttributes,
  lockRefusal,
  returned,
  seenSizeBytes,
  seesLocks,
  stepsNamed,
  stoppedAtPageCache,
} from "./evidence.js";
import { EAGAIN, type IssueAttempt, type TracedWrite } from "./traced-write.js";
import { beyondSize, ILOCK, locksNamed, locksReleased, notLocked } from "./xfs-checks.js";
import { unalignedBeforeLock, unalignedToWorker } from "./xfs-unaligned.js";

/** XFS_COW_FORK of fs/xfs/libxfs/xfs_types.h. */
const COW_FORK = 2;

/**
 * xfs_file_write_iter -> lock -> kiocb_modified -> iomap_dio_rw -> xfs_direct_write_iomap_begin. Why the last of
 * them refused is seen from what the worker did at the same place.
 */
export function attributeXfs(write: TracedWrite, context: AttributionContext): Attribution {
  const { inline } = write;
  if (!inline.entered) return byTracepoints(write, context);
  const cached = cachedPageFound(inline);
  if (cached !== null) return cached;
  if (returned(inline, "kiocb_modified_ret", EAGAIN)) {
    return attributed("timestamp", "kiocb_modified returned -11");
  }
  if (returned(inline, "xfs_begin_ret", EAGAIN)) {
    return byRetry(write, context, "xfs_direct_write_iomap_begin returned -11");
  }
  return (
    lockRefusal(write) ??
    unalignedBeforeLock(write, context) ??
    beyondSize(write) ??
    (seesLocks(context) ? null : notLocked(write, context)) ??
    undecided("no step of XFS was seen to refuse")
  );
}

/** The mapping was refused: what the worker did instead says why. */
function byRetry(write: TracedWrite, context: AttributionContext, refused: string): Attribution {
  const { retry } = write;
  if (retry !== null && wroteToCopy(retry)) {
    const evidence = `${refused}, and the worker wrote to a copy (xfs_iomap_found in the CoW fork)`;
    return attributed("shared-extent", evidence);
  }
  if (retry !== null && has(retry, "xfs_iomap_alloc")) {
    return attributed("hole", `${refused}, and the worker allocated blocks (xfs_iomap_alloc)`);
  }
  return (
    byExtentLock(write, context, refused) ??
    unalignedToWorker(write, context, refused) ??
    acrossMappings(retry, refused) ??
    allocatedMeanwhile(write, context, refused) ??
    undecided(`${refused}, and the worker was not seen to allocate anything`)
  );
}

/** Appends that are under way at the same time may find the blocks of each other. */
function allocatedMeanwhile(
  write: TracedWrite,
  { events, kernel }: AttributionContext,
  refused: string,
): Attribution | null {
  const { inline, retry } = write;
  const size = seenSizeBytes(write);
  const locked =
    events.includes("xfs_ilock_nowait") && locksNamed(inline, "xfs_iunlock", ILOCK) > 0;
  if (!locked || !atLeast(kernel, 5, 15) || size === null || retry === null) return null;
  if (write.offsetBytes < size.bytes || !has(retry, "xfs_iomap_found")) return null;
  const since = "the worker found blocks that another write had allocated there meanwhile";
  return attributed("hole", `${refused} behind i_size (${size.bytes}), and ${since}`);
}

/** A write that may not wait has to lie in one mapping (imap_spans_range). */
function acrossMappings(retry: IssueAttempt | null, refused: string): Attribution | null {
  const mappings = retry === null ? 0 : stepsNamed(retry, "xfs_iomap_found").length;
  if (mappings < 2) return null;
  return attributed("crosses-extents", `${refused}, and the worker needed ${mappings} mappings`);
}

/** XFS tries the lock of the extents first, and does not even try it where their list is not read. */
function byExtentLock(
  { inline, workerInside }: TracedWrite,
  { events, kernel }: AttributionContext,
  refused: string,
): Attribution | null {
  const visible = events.includes("xfs_ilock_nowait") && events.includes("xfs_iunlock");
  // Before, blocks that may be shared were refused at the same place.
  if (!visible || !atLeast(kernel, 5, 15)) return null;
  const tried = locksNamed(inline, "xfs_ilock_nowait", ILOCK);
  if (tried === 0) {
    const evidence = `${refused}, and XFS did not try the lock of the extents (no xfs_ilock_nowait): their list is not read`;
    return attributed("extents-not-read", evidence);
  }
  if (tried <= locksNamed(inline, "xfs_iunlock", ILOCK)) return null;
  const evidence = `${refused}, and XFS tried the lock of the extents and had none to release`;
  return {
    ...attributed("lock-contended", evidence),
    ...(workerInside ? { ownWorker: true } : {}),
  };
}

/** XFS writes shared blocks to another place first: to extents of a separate fork. */
function wroteToCopy(retry: IssueAttempt): boolean {
  return stepsNamed(retry, "xfs_iomap_found").some(({ value }) => value === COW_FORK);
}

/** Without probes of functions: XFS has tracepoints at the lock, at the start of direct I/O and at its mappings. */
function byTracepoints(write: TracedWrite, context: AttributionContext): Attribution {
  const { inline } = write;
  if (has(inline, "iomap_iter")) return byRetry(write, context, "the mapping was refused");
  if (has(inline, "xfs_file_direct_write") && tracesMappings(context)) {
    return attributed(
      "page-cache",
      "direct I/O began (xfs_file_direct_write) and stopped before its first mapping, where pages are invalidated",
    );
  }
  const hidden = "the tracepoints do not show which check of XFS refused";
  return (
    stoppedAtPageCache(inline) ??
    unalignedBeforeLock(write, context) ??
    beyondSize(write) ??
    notLocked(write, context) ??
    beforeDirectIo(write, context) ??
    undecided(hidden)
  );
}

/** iomap_iter (fs/iomap/iter.c) came with Linux 5.15: before, a mapping that is refused leaves no trace. */
function tracesMappings({ events, kernel }: AttributionContext): boolean {
  return events.includes("iomap_iter") && atLeast(kernel, 5, 15);
}

/** Between the lock and direct I/O, security attributes and timestamps are what may have to wait. */
function beforeDirectIo(write: TracedWrite, { kernel }: AttributionContext): Attribution | null {
  const updatesTimes = atLeast(kernel, 6, 0) && hasNoSecurityAttributes(write) === true;
  if (locksReleased(write) === 0 || !updatesTimes || seenSizeBytes(write) === null) return null;
  return attributed(
    "timestamp",
    "XFS took the lock and did not begin direct I/O, although the file covers the write and has no security attributes: kiocb_modified is left",
  );
}
