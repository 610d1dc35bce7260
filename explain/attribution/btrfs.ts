import { type Attempt, EAGAIN } from "../attempts.js";
import type { Verdict } from "../causes.js";
import type { Context } from "./context.js";
import { lockVerdict, named, returns } from "./facts.js";

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
    return unknown(
      "btrfs checked the write and did not begin direct I/O: checksums, or a buffered fallback",
    );
  }
  return unknown("no step of btrfs was seen to refuse");
}

function foundHole({ inline }: Attempt): boolean {
  const fields = named(inline, "btrfs_get_extent").at(-1)?.fields;
  // Its name changed in Linux 6.11.
  return (fields?.disk_bytenr ?? fields?.block_start) === HOLE;
}

function unknown(evidence: string): Verdict {
  return { cause: "unknown", evidence };
}
