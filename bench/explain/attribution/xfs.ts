import { type Attribution, attributed, undecided } from "./attribution.js";
import {
  cachedPageFound,
  eventsNamed,
  has,
  lockRefusal,
  returned,
  seenSizeBytes,
  stoppedAtPageCache,
} from "./evidence.js";
import { EAGAIN, type IssueAttempt, type TracedWrite } from "./traced-write.js";

/** XFS_COW_FORK of fs/xfs/libxfs/xfs_types.h. */
const COW_FORK = 2;

/**
 * xfs_file_write_iter -> lock -> kiocb_modified -> iomap_dio_rw -> xfs_direct_write_iomap_begin. Why the last of
 * them refused is seen from what the worker did at the same place.
 */
export function attributeXfs(write: TracedWrite): Attribution {
  const { inline, retry } = write;
  if (inline.entry === null) return byTracepoints(write);
  const cached = cachedPageFound(inline);
  if (cached !== null) return cached;
  if (returned(inline, "kiocb_modified_ret", EAGAIN)) {
    return attributed("timestamp", "kiocb_modified returned -11");
  }
  if (returned(inline, "xfs_begin_ret", EAGAIN)) {
    const refused = "xfs_direct_write_iomap_begin returned -11, and the worker";
    if (retry !== null && wroteToCopy(retry)) {
      const evidence = `${refused} wrote to a copy (xfs_iomap_found in the CoW fork)`;
      return attributed("shared-extent", evidence);
    }
    return retry !== null && has(retry, "xfs_iomap_alloc")
      ? attributed("hole", `${refused} allocated blocks (xfs_iomap_alloc)`)
      : undecided(`${refused} allocated nothing`);
  }
  return lockRefusal(write) ?? beyondSize(write) ?? undecided("no step of XFS was seen to refuse");
}

/** XFS first zeroes what lies between the size and the write, which needs the exclusive lock. */
function beyondSize(write: TracedWrite): Attribution | null {
  const { inline, offsetBytes } = write;
  const size = seenSizeBytes(write);
  if (size === null || offsetBytes <= size.bytes) return null;
  if (has(inline, "iomap_dio_ret", "iomap_dio_rw_begin", "iomap_iter")) return null;
  const evidence = `it starts at ${offsetBytes}, i_size is ${size.bytes} ${size.when}`;
  return attributed("beyond-size", evidence);
}

/** XFS writes shared blocks to another place first: to extents of a separate fork. */
function wroteToCopy(retry: IssueAttempt): boolean {
  return eventsNamed(retry, "xfs_iomap_found").some(({ fields }) => fields.whichfork === COW_FORK);
}

/** Without probes only two more are seen: a mapping that was refused, and a gap between the size and the write. */
function byTracepoints(write: TracedWrite): Attribution {
  const { inline, retry } = write;
  if (has(inline, "iomap_iter") && retry !== null && has(retry, "xfs_iomap_alloc")) {
    return attributed(
      "hole",
      "the mapping was refused, and the worker allocated blocks (xfs_iomap_alloc)",
    );
  }
  const hidden = "the tracepoints do not show which check of XFS refused";
  return stoppedAtPageCache(inline) ?? beyondSize(write) ?? undecided(hidden);
}
