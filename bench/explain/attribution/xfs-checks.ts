import { type Attribution, type AttributionContext, attributed } from "./attribution.js";
import { has, lockByElimination, seenSizeBytes, stepsNamed } from "./evidence.js";
import type { IssueAttempt, TracedWrite } from "./traced-write.js";

// Checks that XFS makes of direct and of buffered writes.

/** XFS_IOLOCK_EXCL and XFS_IOLOCK_SHARED of fs/xfs/xfs_inode.h: the lock of the inode, i_rwsem. */
const IOLOCK = 3;
/** XFS_ILOCK_EXCL and XFS_ILOCK_SHARED: the lock of its extents, held for a moment. */
export const ILOCK = 12;

/** XFS first zeroes what lies between the size and the write, which needs the exclusive lock. */
export function beyondSize(write: TracedWrite): Attribution | null {
  const { inline, offsetBytes } = write;
  const size = seenSizeBytes(write);
  if (size === null || offsetBytes <= size.bytes) return null;
  if (has(inline, "iomap_dio_ret", "iomap_dio_rw_begin", "iomap_iter")) return null;
  const evidence = `it starts at ${offsetBytes}, i_size is ${size.bytes} ${size.when}`;
  return attributed("beyond-size", evidence);
}

/**
 * XFS traces each attempt to take a lock without waiting, before it is made, and each release. An attempt without a
 * release was refused. null: no lock was refused, or that cannot be seen.
 */
export function notLocked(write: TracedWrite, context: AttributionContext): Attribution | null {
  const { events } = context;
  if (!events.includes("xfs_ilock_nowait") || !events.includes("xfs_iunlock")) return null;
  if (locksTried(write) <= locksReleased(write)) return null;
  const evidence =
    "XFS tried to take the lock of the inode (xfs_ilock_nowait) and had none to release (no xfs_iunlock)";
  return lockByElimination(write, evidence);
}

export const locksTried = ({ inline }: TracedWrite) =>
  locksNamed(inline, "xfs_ilock_nowait", IOLOCK);
export const locksReleased = ({ inline }: TracedWrite) => locksNamed(inline, "xfs_iunlock", IOLOCK);

export function locksNamed(attempt: IssueAttempt, step: string, lock: number): number {
  return stepsNamed(attempt, step).filter(({ value }) => (value & lock) !== 0).length;
}
