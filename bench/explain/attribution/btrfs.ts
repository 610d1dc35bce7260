import { type Attempt, EAGAIN } from "../attempts.js";
import type { Verdict } from "../causes.js";
import type { Context } from "./context.js";
import { isAligned, lockVerdict, named, returns, seenSizeBytes } from "./facts.js";

/** EXTENT_MAP_HOLE, (u64)-3: where a block number would stand. */
const HOLE = 2n ** 64n - 3n;

/** btrfs_file_write_iter -> lock -> btrfs_write_check -> iomap_dio_rw -> btrfs_dio_iomap_begin. */
export function btrfsVerdict(attempt: Attempt, context: Context): Verdict {
  const { inline } = attempt;
  if (inline.entry === null) {
    return unknown("the tracepoints do not show which check of btrfs refused");
  }
  if (returns(inline, "btrfs_check_ret").includes(EAGAIN)) {
    return {
      cause: "copy-on-write",
      evidence: "btrfs_write_check returned -11: the inode is neither NODATACOW nor preallocated",
    };
  }
  if (returns(inline, "has_page_ret").includes(1)) {
    return { cause: "page-cache", evidence: "filemap_range_has_page returned 1" };
  }
  const lock = lockVerdict(attempt);
  if (lock !== null) return lock;
  if (foundHole(attempt)) return { cause: "hole", evidence: "btrfs_get_extent found a hole there" };
  if (leftOnlyHole(attempt, context)) {
    return {
      cause: "hole",
      evidence:
        "btrfs_dio_iomap_begin returned -11 after btrfs_get_extent and without can_nocow_extent, which it asks of all but holes of a NODATACOW file",
    };
  }
  if (returns(inline, "nocow_ret").includes(0) && !context.noCow) {
    return {
      cause: "copy-on-write",
      evidence: "can_nocow_extent returned 0 for written blocks of a file that is not NODATACOW",
    };
  }
  if (
    named(inline, "btrfs_check_ret").length > 0 &&
    named(inline, "btrfs_begin_ret").length === 0
  ) {
    return isAligned(attempt, context) && !context.noCow
      ? {
          cause: "checksums",
          evidence:
            "btrfs_write_check passed and direct I/O was not begun: of aligned writes only those to files with checksums are turned away there",
        }
      : unknown("btrfs checked the write and did not begin direct I/O");
  }
  if (refusedByInlinedCheck(attempt, context)) {
    return {
      cause: "copy-on-write",
      evidence:
        "btrfs had the lock and refused before direct I/O began, where only btrfs_write_check stands, of an aligned write to a file that is not NODATACOW",
    };
  }
  return unknown("no step of btrfs was seen to refuse");
}

/** On kernels that have btrfs_write_check inlined (6.1), by what stands before and after it. */
function refusedByInlinedCheck(attempt: Attempt, context: Context): boolean {
  const { inline } = attempt;
  const { noCow, events } = context;
  const locked = ["read_trylock_ret", "write_trylock_ret"].some((lock) =>
    returns(inline, lock).includes(1),
  );
  const later = ["iomap_iter", "iomap_dio_rw_begin", "has_page_ret", "btrfs_begin_ret"];
  return (
    !noCow &&
    locked &&
    isAligned(attempt, context) &&
    inline.result === EAGAIN &&
    !events.includes("btrfs_check_ret") &&
    events.includes("iomap/iomap_iter") &&
    named(inline, ...later).length === 0
  );
}

function foundHole({ inline }: Attempt): boolean {
  const fields = named(inline, "btrfs_get_extent").at(-1)?.fields;
  // Its name changed in Linux 6.11.
  return (fields?.disk_bytenr ?? fields?.block_start) === HOLE;
}

/** btrfs_get_blocks_direct_write, where the tracepoint no longer tells (6.12). A small file may lie in the tree itself. */
function leftOnlyHole(attempt: Attempt, { noCow, events }: Context): boolean {
  const { inline } = attempt;
  const size = seenSizeBytes(attempt)?.bytes ?? 0;
  return (
    noCow &&
    (size === 0 || size >= INLINE_BYTES_MAX) &&
    events.includes("nocow_ret") &&
    named(inline, "nocow_ret").length === 0 &&
    named(inline, "btrfs_get_extent").length > 0 &&
    returns(inline, "btrfs_begin_ret").includes(EAGAIN)
  );
}

/** A file of a page or more has no inline extent. */
const INLINE_BYTES_MAX = 4096;

function unknown(evidence: string): Verdict {
  return { cause: "unknown", evidence };
}
