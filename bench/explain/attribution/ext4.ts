import { atLeast } from "../../rules/kernel-version.js";
import { type Attribution, type AttributionContext, attributed, undecided } from "./attribution.js";
import {
  blocksOf,
  cachedPageFound,
  type ExtentLookup,
  extentLookups,
  has,
  hasNoSecurityAttributes,
  isAligned,
  lockByElimination,
  lockRefusal,
  returned,
  seenSizeBytes,
  seesLocks,
  stoppedAtPageCache,
  workerForcedToWait,
} from "./evidence.js";
import { EAGAIN, type TracedWrite } from "./traced-write.js";

/**
 * Which check of ext4 answered -EAGAIN, by how far the call got: ext4_file_write_iter -> lock ->
 * ext4_generic_write_checks -> extent look-up -> file_modified -> iomap_dio_rw -> ext4_iomap_begin.
 */
export function attributeExt4(write: TracedWrite, context: AttributionContext): Attribution {
  const { inline } = write;
  if (has(inline, "buffered")) {
    return attributed("no-direct-io", "ext4_buffered_write_iter was called for an O_DIRECT write");
  }
  if (has(inline, "iomap_dio_ret", "iomap_dio_rw_begin", "has_page_ret", "iomap_iter")) {
    return insideDirectIo(write, context);
  }
  if (inline.entered && !has(inline, "checks")) {
    return lockRefusal(write) ?? beforeChecks(write, context);
  }
  return beforeDirectIo(write, context);
}

function insideDirectIo(write: TracedWrite, context: AttributionContext): Attribution {
  const { inline } = write;
  const cached = cachedPageFound(inline) ?? stoppedAtPageCache(inline);
  if (cached !== null) return cached;
  const mapped = extentLookups(write, context).at(-1);
  if (mapped !== undefined && has(inline, "iomap_iter") && isUnallocated(mapped)) {
    const refused = returned(inline, "ext4_begin_ret", EAGAIN)
      ? "ext4_iomap_begin returned -11"
      : "the mapping was refused";
    return attributed("hole", `${refused}; ext4 found a ${mapped.state} there`);
  }
  return undecided("iomap_dio_rw was entered and refused; no event shows why");
}

function beforeChecks(write: TracedWrite, context: AttributionContext): Attribution {
  if (seesLocks(context) || write.inline.result !== EAGAIN) {
    return undecided("ext4 gave up before its write checks, and no lock was seen to fail");
  }
  const evidence = "ext4 gave up before its write checks, which follow the lock of the inode";
  return lockByElimination(write, evidence);
}

/** The checks of ext4_dio_write_checks. First those that a second attempt would not pass either. */
function beforeDirectIo(write: TracedWrite, context: AttributionContext): Attribution {
  const { inline } = write;
  const end = write.offsetBytes + write.lengthBytes;
  const size = seenSizeBytes(write);
  if (size !== null && end > size.bytes) {
    return attributed("extends-size", `it ends at ${end}, i_size is ${size.bytes} ${size.when}`);
  }
  const onDisk = write.state?.diskSizeBytes ?? null;
  if (onDisk !== null && end > onDisk) {
    return attributed("extends-size", `it ends at ${end}, i_disksize is ${onDisk}`);
  }
  if (returned(inline, "kiocb_modified_ret", EAGAIN)) {
    return attributed("timestamp", "kiocb_modified returned -11");
  }
  const [lookup] = extentLookups(write, context);
  if (lookup !== undefined) return byLookup(write, lookup, context);
  if (inline.entered) return withoutLookup(write, context);
  return withTracepointsOnly(write, context);
}

function byLookup(
  write: TracedWrite,
  lookup: ExtentLookup,
  context: AttributionContext,
): Attribution {
  const blocks = blocksOf(write, context);
  const aligned = isAligned(write, context);
  const found = `ext4 found ${lookup.blocks} ${lookup.state} blocks there`;
  if (isUnallocated(lookup)) return attributed("hole", `ext4 found a ${lookup.state} there`);
  if (lookup.state === "unseen") {
    return undecided("the extent was not in memory, and reading it was not seen");
  }
  if (lookup.blocks < blocks) {
    return attributed("crosses-extents", `${found}, the write covers ${blocks}`);
  }
  if (lookup.state === "unwritten" && (!aligned || !atLeast(context.kernel, 6, 3))) {
    const cause = aligned ? "unwritten" : "unaligned";
    return attributed(cause, `${found}, and direct I/O was not begun`);
  }
  const secure = hasNoSecurityAttributes(write);
  if (secure === false) return attributedToSecurity(context, "S_NOSEC was not set in i_flags");
  // Without the inode's flags: what the worker had to do rules the other checks out.
  const waited = secure === null && aligned ? workerForcedToWait(write) : null;
  if (waited === true) {
    return attributed(
      "extends-size",
      `${found} inside i_size, yet the worker had to wait: i_disksize is behind`,
    );
  }
  if (waited === false && !atLeast(context.kernel, 7, 3)) {
    return attributedToSecurity(
      context,
      `${found}; nothing extends, and the worker did not have to wait: only the check for security attributes is left`,
    );
  }
  if (aligned && secure === true && onlyPageCacheIsLeft(write, context)) {
    const pages = `${write.state?.cachedPages} pages of the file are in the page cache`;
    return attributed("page-cache", `${found}, nothing else refuses such a write, and ${pages}`);
  }
  return undecided(`${found}; neither size, alignment nor security attributes explain the refusal`);
}

/** Where no tracepoint shows that direct I/O begins (until 6.5), and before timestamps punt. */
function onlyPageCacheIsLeft(
  { inline, state }: TracedWrite,
  { kernel, events }: AttributionContext,
): boolean {
  return (
    !inline.entered &&
    !events.includes("iomap_dio_rw_begin") &&
    !atLeast(kernel, 7, 3) &&
    (state?.cachedPages ?? 0) > 0
  );
}

/** The write function was entered, and gave up without an extent look-up. */
function withoutLookup(write: TracedWrite, context: AttributionContext): Attribution {
  const modified = has(write.inline, "file_modified");
  if (!isAligned(write, context)) {
    const before = modified ? "file_modified was called, " : "";
    return attributed("unaligned", `${before}the lock was exclusive, and direct I/O was not begun`);
  }
  if (hasNoSecurityAttributes(write) === false && !modified) {
    return attributedToSecurity(context, "S_NOSEC was not set in i_flags");
  }
  return undecided(
    "the write checks passed, no extent was looked at, and the write ends inside i_size",
  );
}

/** From Linux 6.5 to 7.2 ext4 looks up the extents of every write inside i_size right after it took the lock. */
function withTracepointsOnly(write: TracedWrite, context: AttributionContext): Attribution {
  if (seenSizeBytes(write) === null) {
    return undecided("this kernel's tracepoints do not show the size of the file");
  }
  const looksUpFirst = atLeast(context.kernel, 6, 5) && !atLeast(context.kernel, 7, 3);
  if (!looksUpFirst) {
    return undecided("no step of the filesystem was seen, and more than one check shows none");
  }
  if (!isAligned(write, context)) {
    return undecided("an unaligned write took the lock exclusively, or did not get it");
  }
  const evidence =
    "ext4 did not look up the extents of a write inside i_size, which it does right after it takes the lock";
  return lockByElimination(write, evidence);
}

/** Two kinds of inode need the exclusive lock: one with such attributes, and one whose attributes are not known yet. */
function attributedToSecurity({ setId }: AttributionContext, evidence: string): Attribution {
  return setId
    ? attributed("security-attributes", `${evidence}, and the file is set-ID`)
    : attributed("first-write-of-inode", evidence);
}

const isUnallocated = ({ state }: ExtentLookup) => state === "hole" || state === "delayed";
