import { atLeast } from "../../rules/kernel-version.js";
import { type Attempt, EAGAIN } from "../attempts.js";
import type { Verdict } from "../causes.js";
import type { Context } from "./context.js";
import {
  isAligned,
  knownWithoutSecurityAttributes,
  type Lookup,
  lockVerdict,
  lookups,
  named,
  PERHAPS_OWN_WORKER,
  returns,
  seenSizeBytes,
  workerForcedToWait,
} from "./facts.js";

/**
 * Which check of ext4 answered -EAGAIN, by how far the call got: ext4_file_write_iter -> lock ->
 * ext4_generic_write_checks -> extent look-up -> file_modified -> iomap_dio_rw -> ext4_iomap_begin.
 */
export function ext4Verdict(attempt: Attempt, context: Context): Verdict {
  const { inline } = attempt;
  if (named(inline, "buffered").length > 0) {
    return {
      cause: "no-direct-io",
      evidence: "ext4_buffered_write_iter was called for an O_DIRECT write",
    };
  }
  if (enteredDirectIo(attempt)) return insideDirectIo(attempt);
  if (inline.entry !== null && named(inline, "checks").length === 0) {
    return (
      lockVerdict(attempt) ??
      unknown("ext4 gave up before its write checks, and no lock was seen to fail")
    );
  }
  return beforeDirectIo(attempt, context);
}

function enteredDirectIo({ inline }: Attempt): boolean {
  return (
    named(inline, "iomap_dio_ret", "iomap_dio_rw_begin", "has_page_ret", "iomap_iter").length > 0
  );
}

function insideDirectIo({ inline }: Attempt): Verdict {
  const mapped = lookups(inline).at(-1);
  const refused = returns(inline, "ext4_begin_ret").includes(EAGAIN);
  if (returns(inline, "has_page_ret").includes(1)) {
    return {
      cause: "page-cache",
      evidence: "filemap_range_has_page returned 1 inside iomap_dio_rw",
    };
  }
  if (mapped !== undefined && named(inline, "iomap_iter").length > 0 && isUnallocated(mapped)) {
    return {
      cause: "hole",
      evidence: `${refused ? "ext4_iomap_begin returned -11" : "the mapping was refused"}; ext4 found a ${mapped.state} there`,
    };
  }
  if (named(inline, "iomap_dio_rw_begin").length > 0 && named(inline, "iomap_iter").length === 0) {
    return {
      cause: "page-cache",
      evidence:
        "iomap_dio_rw began and stopped before its first mapping, where pages are invalidated",
    };
  }
  return unknown("iomap_dio_rw was entered and refused; no step of it tells why");
}

/** The checks of ext4_dio_write_checks, those first that no second attempt would pass either. */
function beforeDirectIo(attempt: Attempt, context: Context): Verdict {
  const { inline } = attempt;
  const end = attempt.offsetBytes + attempt.lengthBytes;
  const size = seenSizeBytes(attempt);
  if (size !== null && end > size.bytes) {
    return {
      cause: "extends-size",
      evidence: `it ends at ${end}, i_size is ${size.bytes} ${size.when}`,
    };
  }
  const onDisk = inline.entry?.fields.i_disksize;
  if (onDisk !== undefined && end > Number(onDisk)) {
    return { cause: "extends-size", evidence: `it ends at ${end}, i_disksize is ${onDisk}` };
  }
  if (returns(inline, "kiocb_modified_ret").includes(EAGAIN)) {
    return { cause: "timestamp", evidence: "kiocb_modified returned -11" };
  }
  const [lookup] = lookups(inline);
  if (lookup !== undefined) return byLookup(attempt, lookup, context);
  const aligned = isAligned(attempt, context);
  if (inline.entry !== null) return withoutLookup(attempt, aligned, context);
  return withTracepointsOnly(attempt, aligned, context);
}

function byLookup(attempt: Attempt, lookup: Lookup, context: Context): Verdict {
  const blocks = Math.ceil(attempt.lengthBytes / context.filesystemBlockBytes);
  const found = `ext4 found ${lookup.blocks} ${lookup.state} blocks there`;
  if (isUnallocated(lookup))
    return { cause: "hole", evidence: `ext4 found a ${lookup.state} there` };
  if (lookup.state === "unseen")
    return unknown("the extent was not in memory, and reading it was not seen");
  if (lookup.blocks < blocks) {
    return { cause: "crosses-extents", evidence: `${found}, the write covers ${blocks}` };
  }
  const aligned = isAligned(attempt, context);
  if (lookup.state === "unwritten" && (!aligned || !atLeast(context.kernel, 6, 3))) {
    return {
      cause: aligned ? "unwritten" : "unaligned",
      evidence: `${found}, and direct I/O was not begun`,
    };
  }
  const secure = knownWithoutSecurityAttributes(attempt);
  if (secure === false) {
    return securityVerdict(context, "S_NOSEC was not set in i_flags");
  }
  // Without the inode's flags: what the worker had to do rules the other checks out.
  const waited = workerForcedToWait(attempt);
  if (secure === null && aligned && waited === true) {
    return {
      cause: "extends-size",
      evidence: `${found} inside i_size, yet the worker had to wait: i_disksize is behind`,
    };
  }
  if (secure === null && aligned && waited === false && !atLeast(context.kernel, 7, 3)) {
    return securityVerdict(
      context,
      `${found}; nothing extends, and the worker did not have to wait: only the check for security attributes is left`,
    );
  }
  return unknown(`${found}; neither size, alignment nor security attributes explain the refusal`);
}

/** The write function was seen, and it gave up without a look at the extents. */
function withoutLookup(attempt: Attempt, aligned: boolean, context: Context): Verdict {
  const modified = named(attempt.inline, "file_modified").length > 0;
  if (!aligned) {
    return {
      cause: "unaligned",
      evidence: `${modified ? "file_modified was called, " : ""}the lock was exclusive, and direct I/O was not begun`,
    };
  }
  if (knownWithoutSecurityAttributes(attempt) === false && !modified) {
    return securityVerdict(context, "S_NOSEC was not set in i_flags");
  }
  return unknown(
    "the write checks passed, no extent was looked at, and the write ends inside i_size",
  );
}

/** From Linux 6.5 to 7.2 ext4 looks at the extents of every write inside i_size, right after it has the lock. */
function withTracepointsOnly(attempt: Attempt, aligned: boolean, context: Context): Verdict {
  const size = seenSizeBytes(attempt);
  if (size === null) return unknown("this kernel's tracepoints do not show the size of the file");
  const looks = atLeast(context.kernel, 6, 5) && !atLeast(context.kernel, 7, 3);
  if (!looks || !context.filesystemWasAsked) {
    return unknown("no step of the filesystem was seen, and more than one check shows none");
  }
  if (!aligned) return unknown("an unaligned write took the lock exclusively, or did not get it");
  return {
    cause: "lock-contended",
    evidence:
      "ext4 looked at no extent, which it does right after taking the lock, of a write inside i_size",
    ...(attempt.workersInside > 0 ? PERHAPS_OWN_WORKER : {}),
  };
}

/** Both take the lock alone: an inode whose attributes are not known yet, and one that has such. */
function securityVerdict({ setId }: Context, evidence: string): Verdict {
  if (setId)
    return { cause: "security-attributes", evidence: `${evidence}, and the file is set-ID` };
  return { cause: "first-write-of-inode", evidence };
}

const isUnallocated = ({ state }: Lookup) => state === "hole" || state === "delayed";

function unknown(evidence: string): Verdict {
  return { cause: "unknown", evidence };
}
