import { type Attempt, EAGAIN, type Pass } from "../attempts.js";
import type { Verdict } from "../causes.js";
import { lockVerdict, named, returns, seenSizeBytes } from "./facts.js";

/** XFS_COW_FORK of fs/xfs/libxfs/xfs_types.h. */
const COW_FORK = 2;

/**
 * xfs_file_write_iter -> lock -> kiocb_modified -> iomap_dio_rw -> xfs_direct_write_iomap_begin. What the worker
 * had to do in the same place says why the last of them refused.
 */
export function xfsVerdict(attempt: Attempt): Verdict {
  const { inline, worker } = attempt;
  if (inline.entry === null) return byTracepoints(attempt);
  if (returns(inline, "has_page_ret").includes(1)) {
    return {
      cause: "page-cache",
      evidence: "filemap_range_has_page returned 1 inside iomap_dio_rw",
    };
  }
  if (returns(inline, "kiocb_modified_ret").includes(EAGAIN)) {
    return { cause: "timestamp", evidence: "kiocb_modified returned -11" };
  }
  if (returns(inline, "xfs_begin_ret").includes(EAGAIN)) {
    if (worker && foundCopy(worker)) {
      return {
        cause: "shared-extent",
        evidence:
          "xfs_direct_write_iomap_begin returned -11, and the worker wrote to a copy (xfs_iomap_found in the CoW fork)",
      };
    }
    if (worker && named(worker, "xfs_iomap_alloc").length > 0) {
      return {
        cause: "hole",
        evidence:
          "xfs_direct_write_iomap_begin returned -11, and the worker allocated blocks (xfs_iomap_alloc)",
      };
    }
    return unknown("xfs_direct_write_iomap_begin returned -11, and the worker allocated nothing");
  }
  const lock = lockVerdict(attempt);
  if (lock !== null) return lock;
  return beyondSize(attempt) ?? unknown("no step of XFS was seen to refuse");
}

/** What lies between the size and the write has to be zeroed first, which needs the lock alone. */
function beyondSize(attempt: Attempt): Verdict | null {
  const { inline, offsetBytes } = attempt;
  const size = seenSizeBytes(attempt);
  if (size === null || offsetBytes <= size.bytes) return null;
  if (named(inline, "iomap_dio_ret", "iomap_dio_rw_begin", "iomap_iter").length > 0) return null;
  const evidence = `it starts at ${offsetBytes}, i_size is ${size.bytes} ${size.when}`;
  return { cause: "beyond-size", evidence };
}

/** XFS writes shared blocks elsewhere first: to extents of a fork of their own. */
function foundCopy(worker: Pass): boolean {
  return named(worker, "xfs_iomap_found").some(({ fields }) => fields.whichfork === COW_FORK);
}

/** Without probes only a mapping that was refused can be told, and a size that the write leaves a gap to. */
function byTracepoints(attempt: Attempt): Verdict {
  const { inline, worker } = attempt;
  const mapped = named(inline, "iomap_iter").length > 0;
  if (mapped && worker && named(worker, "xfs_iomap_alloc").length > 0) {
    return {
      cause: "hole",
      evidence: "the mapping was refused, and the worker allocated blocks (xfs_iomap_alloc)",
    };
  }
  if (named(inline, "iomap_dio_rw_begin").length > 0 && !mapped) {
    return {
      cause: "page-cache",
      evidence:
        "iomap_dio_rw began and stopped before its first mapping, where pages are invalidated",
    };
  }
  return beyondSize(attempt) ?? unknown("the tracepoints do not show which check of XFS refused");
}

function unknown(evidence: string): Verdict {
  return { cause: "unknown", evidence };
}
