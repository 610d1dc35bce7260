import { atLeast, hasBackport, type KernelVersion } from "./kernel-version.js";
import type { Rule } from "./prediction.js";
import { pageCacheRule, WHOLE_BLOCKS } from "./shared-rules.js";

const NO_COW = "chattr +C on the empty file or its directory, then fallocate";

/**
 * 968f19c5b1b7, Linux 6.14: direct writes to a file with checksums fall back to buffered ones. 6.6.130 has it as a
 * backport; 6.12.107 has it too, and older releases of 6.12 were not examined.
 */
const fallsBackForChecksums = (kernel: KernelVersion) =>
  hasBackport(kernel, [6, 14], { "6.6": 130, "6.12": 107 }) === true;

/**
 * btrfs_direct_write -> btrfs_write_check -> __iomap_dio_rw -> btrfs_dio_iomap_begin. Read in 5.10, 6.1, 6.12,
 * 6.18, 7.2, 7.3. A DUP, RAID1 or RAID5/6 data profile punts too,
 * but a file does not show its profile, so no rule covers it.
 */
export const BTRFS_RULES: readonly Rule[] = [
  {
    applies: ({ inode }) => !inode.noCow && !inode.preallocated,
    punts: true,
    cause: "copy-on-write",
    why: "every write of a copy-on-write file needs new blocks",
    kernelFunction: "btrfs_write_check",
    curedBy: NO_COW,
  },
  {
    applies: ({ inode, kernel }) => !inode.noCow && fallsBackForChecksums(kernel),
    punts: true,
    cause: "checksums",
    why: "a file with checksums falls back to a buffered write (968f19c5b1b7: Linux 6.14, 6.12.107 and 6.6.130 at the latest)",
    kernelFunction: "the NODATASUM test in btrfs_direct_write",
    curedBy: NO_COW,
  },
  {
    applies: ({ inode, kernel }) => !inode.noCow && atLeast(kernel, 6, 2),
    punts: null,
    cause: "not-established",
    why: "fallocated files with checksums were not examined on this release between Linux 6.2 and 6.13",
    kernelFunction: null,
    curedBy: NO_COW,
  },
  {
    applies: ({ aligned, kernel }) => !aligned && atLeast(kernel, 5, 11) && !atLeast(kernel, 6, 1),
    punts: null,
    cause: "not-established",
    why: "Linux 5.10 writes part of a block through the page cache without a punt, 6.1 punts; in between was not examined",
    kernelFunction: null,
    curedBy: WHOLE_BLOCKS,
  },
  {
    applies: ({ aligned, kernel }) => !aligned && atLeast(kernel, 6, 1),
    punts: true,
    cause: "unaligned",
    why: "a write of part of a block falls back to a buffered write",
    kernelFunction: "check_direct_IO in btrfs_direct_write",
    curedBy: WHOLE_BLOCKS,
  },
  {
    applies: ({ extent }) =>
      extent === "inline" || extent === "compressed" || extent === "encrypted",
    punts: true,
    cause: "special-extent",
    why: "inline, compressed and encrypted extents are rewritten through the page cache",
    kernelFunction: "btrfs_dio_iomap_begin",
    curedBy: NO_COW,
  },
  {
    applies: ({ extent }) => extent === "hole" || extent === "delayed",
    punts: true,
    cause: "hole",
    why: "the range has no blocks yet",
    kernelFunction: "can_nocow_extent in btrfs_dio_iomap_begin",
    curedBy: "fallocate, with or without FALLOC_FL_KEEP_SIZE",
  },
  {
    applies: ({ extent }) => extent === "shared",
    punts: true,
    cause: "shared-extent",
    why: "a snapshot or reflink shares the extent, so even a +C file needs new blocks once",
    kernelFunction: "can_nocow_extent in btrfs_dio_iomap_begin",
    curedBy: "no snapshots of the subvolume while it is written",
  },
  {
    applies: ({ extent, inode }) => extent === "written" && !inode.noCow,
    punts: true,
    cause: "copy-on-write",
    why: "written blocks of a file with checksums are not overwritten in place",
    kernelFunction: "can_nocow_extent in btrfs_dio_iomap_begin",
    curedBy: NO_COW,
  },
  {
    applies: ({ crossesExtents }) => crossesExtents,
    punts: true,
    cause: "crosses-extents",
    why: "the extent is shorter than the write",
    kernelFunction: "btrfs_dio_iomap_begin",
    curedBy: "writes that stay inside one extent",
  },
  pageCacheRule("lock_extent_direct in btrfs_dio_iomap_begin, or __iomap_dio_rw"),
  {
    applies: ({ extent }) => extent === "unwritten",
    punts: false,
    cause: "unwritten-in-place",
    why: "the range is preallocated and may be written in place",
    kernelFunction: "can_nocow_extent in btrfs_dio_iomap_begin",
    curedBy: null,
  },
  {
    applies: () => true,
    punts: false,
    cause: "overwrite",
    why: "written blocks of a +C file are overwritten in place",
    kernelFunction: "can_nocow_extent in btrfs_dio_iomap_begin",
    curedBy: null,
  },
];
