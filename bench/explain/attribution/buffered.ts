import { BLOCK_DEVICES } from "../../../results/vocabulary.js";
import { atLeast } from "../../rules/kernel-version.js";
import { type Attribution, type AttributionContext, attributed, undecided } from "./attribution.js";
import { byInlinedCheck, refusedByWriteCheck } from "./btrfs.js";
import { has, lockRefusal, returned, seesLocks, withoutNowait } from "./evidence.js";
import { EAGAIN, type TracedWrite } from "./traced-write.js";
import { beyondSize, ILOCK, locksNamed, notLocked } from "./xfs-checks.js";

const NEVER_INLINE: readonly string[] = ["ext4", "f2fs", "overlay", BLOCK_DEVICES];

/**
 * io_uring tries buffered writes to regular files inline from Linux 6.0 on (4e17aaab5435), where the filesystem says that it
 * can (FMODE_BUF_WASYNC: XFS from 6.0, btrfs from 6.1; ext4, f2fs, overlayfs and block devices
 * never, as of 7.3).
 */
export function attributeBuffered(write: TracedWrite, context: AttributionContext): Attribution {
  const { inline } = write;
  const { filesystem, kernel } = context;
  const closed = atLeast(kernel, 6, 4) ? withoutNowait(write) : null;
  if (closed !== null) return closed;
  if (NEVER_INLINE.includes(filesystem) || !atLeast(kernel, 6, 0)) {
    return attributed("buffered-write", "the file is not open with O_DIRECT");
  }
  if (returned(inline, "kiocb_modified_ret", EAGAIN)) {
    return attributed("timestamp", "kiocb_modified returned -11 to a buffered write");
  }
  if (returned(inline, "dirty_pages_ret", EAGAIN)) {
    return attributed(
      "dirty-pages",
      "balance_dirty_pages_ratelimited_flags returned -11: too many pages wait for writeback",
    );
  }
  const refused = BY_FILESYSTEM[filesystem]?.(write, context) ?? null;
  return refused ?? undecided("which check refused the buffered write is not traced");
}

/** btrfs_buffered_write -> lock -> btrfs_write_check, which refuses where a write needs new blocks. */
function byBtrfs(write: TracedWrite, context: AttributionContext): Attribution | null {
  const { inline } = write;
  if (returned(inline, "btrfs_check_ret", EAGAIN)) return refusedByWriteCheck();
  return lockRefusal(write) ?? byInlinedCheck(write, context);
}

/**
 * xfs_file_buffered_write -> lock of the inode -> zeroing behind the size -> kiocb_modified -> iomap_file_buffered_write:
 * for each part of the write dirty pages, the lock of the extents, the page.
 */
function byXfs(write: TracedWrite, context: AttributionContext): Attribution | null {
  const { inline } = write;
  const lock =
    seesLocks(context) && inline.entered ? lockRefusal(write) : notLocked(write, context);
  if (lock !== null) return lock;
  if (!has(inline, "dirty_pages_ret", "kiocb_modified_ret")) return beyondSize(write);
  const tried = locksNamed(inline, "xfs_ilock_nowait", ILOCK);
  if (tried <= locksNamed(inline, "xfs_iunlock", ILOCK)) return null;
  return attributed(
    "lock-contended",
    "XFS tried the lock of the extents and had none to release, while it mapped the write",
  );
}

const BY_FILESYSTEM: Readonly<Record<string, typeof byXfs>> = { xfs: byXfs, btrfs: byBtrfs };
