import { atLeast } from "./kernel-version.js";
import type { Rule } from "./prediction.js";
import type { WriteQuestion } from "./question.js";
import { pageCacheRule, statRule, WHOLE_BLOCKS } from "./shared-rules.js";

const timestampsPunt = ({ kernel, mountOptions }: WriteQuestion) =>
  atLeast(kernel, 6, 0) && !(atLeast(kernel, 7, 0) && mountOptions.includes("lazytime"));

/**
 * Extents that an inode holds itself where it was made with room for extended attributes: seen on 6.18 with inodes of
 * 512 and of 1024 bytes (xfs_default_attroffset). Without that room it is 21 for 512 bytes. The kernel does not read a
 * longer list before something needs it.
 */
export const EXTENTS_IN_INODE = 12;

/**
 * xfs_file_dio_write -> xfs_file_write_checks -> __iomap_dio_rw -> xfs_direct_write_iomap_begin. Read in 5.10,
 * 6.1, 6.12, 6.18, 7.2, 7.3. Neither an unwritten extent nor extending the size is a reason here.
 * explain does not inject extents that are not read: it and the driver ask for the extents of a file before its first
 * write, which reads them. test/bench/rules/unread-extents.test.ts shows them.
 */
export const XFS_RULES: readonly Rule[] = [
  {
    applies: ({ mountOptions }) => mountOptions.some((option) => option.startsWith("rtdev=")),
    punts: null,
    cause: "not-established",
    why: "the filesystem has a real-time device; writes to files on it were not examined, and on a zoned one (Linux 6.15) each punts",
    kernelFunction: null,
    curedBy: null,
  },
  {
    applies: ({ afterGap, kernel }) => afterGap && atLeast(kernel, 5, 12),
    punts: true,
    cause: "beyond-size",
    why: "the write starts beyond i_size, and the gap must be zeroed first",
    kernelFunction: "xfs_file_write_zero_eof in xfs_file_write_checks",
    curedBy:
      "a size that covers the write: fallocate without FALLOC_FL_KEEP_SIZE, or appending in order",
  },
  {
    applies: ({ extentsNotRead }) => extentsNotRead,
    punts: true,
    cause: "extents-not-read",
    why: "the inode does not hold all extents of the file, and reading their list has to wait",
    kernelFunction: "xfs_need_iread_extents in xfs_ilock_for_iomap",
    curedBy:
      "asking for the extents once after opening the file (FIEMAP, as filefrag does), or fewer extents",
  },
  {
    applies: ({ extent }) => extent === "hole" || extent === "delayed",
    punts: true,
    cause: "hole",
    why: "the range has no blocks yet, and allocating some has to wait",
    kernelFunction: "imap_needs_alloc in xfs_direct_write_iomap_begin",
    curedBy: "fallocate, with or without FALLOC_FL_KEEP_SIZE",
  },
  {
    applies: ({ extent }) => extent === "shared",
    punts: true,
    cause: "shared-extent",
    why: "the extent is shared by a reflink, so the write needs new blocks",
    kernelFunction: "imap_needs_cow in xfs_direct_write_iomap_begin",
    curedBy: "a copy that shares nothing: cp --reflink=never",
  },
  {
    applies: ({ aligned, kernel }) => !aligned && !atLeast(kernel, 5, 12),
    punts: true,
    cause: "unaligned",
    why: "before Linux 5.12 a write of part of a block takes the inode lock exclusively",
    kernelFunction: "xfs_file_dio_aio_write",
    curedBy: WHOLE_BLOCKS,
  },
  {
    applies: ({ aligned, extent, extending }) => !aligned && (extent === "unwritten" || extending),
    punts: true,
    cause: "unaligned",
    why: "part of an unwritten block, or of the block at the end of the file, must be zeroed",
    kernelFunction: "IOMAP_DIO_OVERWRITE_ONLY in xfs_file_dio_write_unaligned",
    curedBy: WHOLE_BLOCKS,
  },
  {
    applies: ({ crossesExtents }) => crossesExtents,
    punts: true,
    cause: "crosses-extents",
    why: "one mapping does not cover the whole write",
    kernelFunction: "imap_spans_range in xfs_direct_write_iomap_begin",
    curedBy: "writes that stay inside one extent",
  },
  pageCacheRule(),
  statRule(timestampsPunt),
  {
    applies: timestampsPunt,
    punts: "tick",
    cause: "timestamp",
    why: "from Linux 6.0 the first write after a clock tick has to log the new mtime",
    kernelFunction: "kiocb_modified in xfs_file_write_checks (since 66fa3cedf16a)",
    curedBy: "mount -o lazytime on Linux 7.0 and newer (85c871a02b03)",
  },
  {
    applies: ({ extent }) => extent === "unwritten",
    punts: false,
    cause: "unwritten-in-place",
    why: "the range is allocated: issued inline, converted after the I/O",
    kernelFunction: "xfs_direct_write_iomap_begin",
    curedBy: null,
  },
  {
    applies: () => true,
    punts: false,
    cause: "overwrite",
    why: "an overwrite of written blocks",
    kernelFunction: "xfs_direct_write_iomap_begin",
    curedBy: null,
  },
];
