import { type Attribution, type AttributionContext, attributed, undecided } from "./attribution.js";
import {
  cachedPageFound,
  has,
  isAligned,
  lockByElimination,
  lockRefusal,
  returned,
  seenSizeBytes,
  seesLocks,
  stepsNamed,
} from "./evidence.js";
import { EAGAIN, type TracedWrite } from "./traced-write.js";

/** EXTENT_MAP_HOLE: stands where a block number would. */
const HOLE = -3;
/** A file of a page or more has no inline extent. */
const INLINE_BYTES_MAX = 4096;

/** btrfs_file_write_iter -> lock -> btrfs_write_check -> iomap_dio_rw -> btrfs_dio_iomap_begin. */
export function attributeBtrfs(write: TracedWrite, context: AttributionContext): Attribution {
  const { inline } = write;
  if (!inline.entered) {
    return undecided("the tracepoints do not show which check of btrfs refused");
  }
  if (returned(inline, "btrfs_check_ret", EAGAIN)) {
    return refusedByWriteCheck();
  }
  const cached = cachedPageFound(inline);
  if (cached !== null) return cached;
  return lockRefusal(write) ?? notLocked(write, context) ?? afterLock(write, context);
}

/** It refuses direct and buffered writes alike. */
export function refusedByWriteCheck(): Attribution {
  return attributed(
    "copy-on-write",
    "btrfs_write_check returned -11: the inode is neither NODATACOW nor preallocated",
  );
}

/** Where locks are not seen: btrfs_write_check follows the lock. null: it was called, or that cannot be seen. */
function notLocked(write: TracedWrite, context: AttributionContext): Attribution | null {
  const { inline } = write;
  if (seesLocks(context) || !context.events.includes("btrfs_check_ret")) return null;
  if (inline.result !== EAGAIN || inline.steps.length > 0) return null;
  const evidence = "btrfs gave up before btrfs_write_check, which follows the lock of the inode";
  return lockByElimination(write, evidence);
}

function afterLock(write: TracedWrite, context: AttributionContext): Attribution {
  const { inline } = write;
  if (foundHole(write)) return attributed("hole", "btrfs_get_extent found a hole there");
  if (leavesOnlyHole(write, context)) {
    return attributed(
      "hole",
      "btrfs_dio_iomap_begin returned -11 after btrfs_get_extent and did not call can_nocow_extent: in a NODATACOW file it leaves out that call only for holes",
    );
  }
  const size = seenSizeBytes(write);
  if (returned(inline, "nocow_ret", 0) && size !== null && write.offsetBytes >= size.bytes) {
    return attributed("hole", `can_nocow_extent returned 0 behind i_size (${size.bytes})`);
  }
  if (returned(inline, "nocow_ret", 0) && context.inode?.noCow === false) {
    return attributed(
      "copy-on-write",
      "can_nocow_extent returned 0 for written blocks of a file that is not NODATACOW",
    );
  }
  if (has(inline, "btrfs_check_ret") && !has(inline, "btrfs_begin_ret")) {
    return checkedAndNotBegun(write, context);
  }
  return byInlinedCheck(write, context) ?? undecided("no step of btrfs was seen to refuse");
}

/** btrfs_direct_write gives up between its checks and direct I/O where it has to write through the page cache. */
function checkedAndNotBegun(write: TracedWrite, context: AttributionContext): Attribution {
  const seen = "btrfs_write_check passed, and direct I/O did not begin";
  if (!isAligned(write, context)) {
    return attributed("unaligned", `${seen}: part of a block is written through the page cache`);
  }
  return context.inode?.noCow === false
    ? attributed(
        "checksums",
        `${seen}: at that point btrfs refuses aligned writes only to files with checksums`,
      )
    : undecided("btrfs checked the write and did not begin direct I/O");
}

/**
 * Where the compiler inlined btrfs_write_check (6.1): the lock was taken, and neither direct I/O nor the work on pages began.
 * null: it is not so.
 */
export function byInlinedCheck(
  write: TracedWrite,
  context: AttributionContext,
): Attribution | null {
  const { inline } = write;
  const { inode, events } = context;
  const locked = ["read_trylock_ret", "write_trylock_ret"].some((lock) =>
    returned(inline, lock, 1),
  );
  if (inode === null || !locked || inline.result !== EAGAIN) return null;
  if (events.includes("btrfs_check_ret") || !events.includes("iomap_iter")) return null;
  if (has(inline, ...BEHIND_THE_CHECK)) return null;
  const seen = "btrfs refused after it took the lock and before it began the write";
  if (!inode.noCow && !inode.preallocated) {
    const only =
      "there btrfs_write_check refuses a file that is neither NODATACOW nor preallocated";
    return attributed("copy-on-write", `${seen}: ${only}`);
  }
  if (isAligned(write, context)) return null;
  return attributed("unaligned", `${seen}: part of a block is written through the page cache`);
}

const BEHIND_THE_CHECK = [
  ...["iomap_iter", "iomap_dio_rw_begin", "has_page_ret", "btrfs_begin_ret"],
  ...["btrfs_get_extent", "dirty_pages_ret"],
];

function foundHole({ inline }: TracedWrite): boolean {
  return stepsNamed(inline, "btrfs_get_extent").at(-1)?.detail === HOLE;
}

/** For 6.12, whose tracepoint does not show holes: btrfs_get_blocks_direct_write. A small file may be stored in the tree. */
function leavesOnlyHole(write: TracedWrite, { inode, events }: AttributionContext): boolean {
  const { inline } = write;
  const size = seenSizeBytes(write)?.bytes ?? 0;
  return (
    inode?.noCow === true &&
    (size === 0 || size >= INLINE_BYTES_MAX) &&
    events.includes("nocow_ret") &&
    !has(inline, "nocow_ret") &&
    has(inline, "btrfs_get_extent") &&
    returned(inline, "btrfs_begin_ret", EAGAIN)
  );
}
