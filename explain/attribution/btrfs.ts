import { type Attempt, EAGAIN } from "../attempts.js";
import type { Verdict } from "../causes.js";
import { lockVerdict, named, returns } from "./facts.js";

/** btrfs_file_write_iter -> lock -> btrfs_write_check -> iomap_dio_rw -> btrfs_dio_iomap_begin. */
export function btrfsVerdict(attempt: Attempt): Verdict {
  const { inline } = attempt;
  if (inline.entry === null)
    return unknown("the tracepoints do not show which check of btrfs refused");
  if (returns(inline, "btrfs_check_ret").includes(EAGAIN)) {
    return {
      cause: "copy-on-write",
      evidence: "btrfs_write_check returned -11: the inode is neither NODATACOW nor preallocated",
    };
  }
  if (returns(inline, "has_page_ret").includes(1)) {
    return { cause: "page-cache", evidence: "filemap_range_has_page returned 1" };
  }
  if (returns(inline, "nocow_ret").includes(0)) {
    return {
      cause: "copy-on-write",
      evidence: "can_nocow_extent returned 0: the blocks cannot be overwritten in place",
    };
  }
  const lock = lockVerdict(attempt);
  if (lock !== null) return lock;
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

function unknown(evidence: string): Verdict {
  return { cause: "unknown", evidence };
}
