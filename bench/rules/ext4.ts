import { atLeast } from "./kernel-version.js";
import type { Rule } from "./prediction.js";
import type { WriteQuestion } from "./question.js";
import { pageCacheRule, statRule, WHOLE_BLOCKS } from "./shared-rules.js";

const PREFILL = "writing every block once with O_DIRECT beforehand (dd-prefill)";

const since =
  (major: number, minor: number) =>
  ({ kernel }: WriteQuestion) =>
    atLeast(kernel, major, minor);
const from73 = since(7, 3);
const from63 = since(6, 3);
const from65 = since(6, 5);

const unallocated = ({ extent }: WriteQuestion) => extent === "hole" || extent === "delayed";

/**
 * ext4_file_write_iter -> ext4_dio_write_iter -> ext4_dio_write_checks -> __iomap_dio_rw ->
 * ext4_iomap_begin, each check that answers -EAGAIN to IOCB_NOWAIT. Read in 5.10, 6.1, 6.12, 6.18, 7.2, 7.3.
 */
export const EXT4_RULES: readonly Rule[] = [
  {
    applies: ({ mountOptions, extent }) =>
      extent === "encrypted" && mountOptions.includes("inlinecrypt"),
    punts: null,
    cause: "not-established",
    why: "with inline encryption ext4 can do direct I/O on encrypted files; such writes were not examined",
    kernelFunction: "fscrypt_dio_supported in ext4_should_use_dio",
    curedBy: null,
  },
  {
    applies: ({ mountOptions, inode, extent }) =>
      mountOptions.includes("data=journal") ||
      // ext4_inode_journal_mode: chattr +j has no effect with delayed allocation, the default.
      (inode.dataJournal && mountOptions.includes("nodelalloc")) ||
      extent === "inline" ||
      extent === "encrypted",
    punts: true,
    cause: "no-direct-io",
    why: "ext4 does no direct I/O here (journalled, inline or encrypted data), and its buffered write refuses not to wait",
    kernelFunction: "ext4_should_use_dio, ext4_buffered_write_iter",
    curedBy: "data=ordered, and no inline data or encryption for this file",
  },
  {
    applies: ({ extending }) => extending,
    punts: true,
    cause: "extends-size",
    why: "the write ends beyond i_size, so ext4 takes the inode lock exclusively",
    kernelFunction: "ext4_extending_io in ext4_dio_write_checks",
    curedBy: "a size that covers the write before it: fallocate without FALLOC_FL_KEEP_SIZE",
  },
  {
    applies: (question) => unallocated(question) && !from73(question),
    punts: true,
    cause: "hole",
    why: "the range has no blocks yet, so the write is no overwrite and takes the inode lock exclusively",
    kernelFunction: "ext4_overwrite_io in ext4_dio_write_checks",
    curedBy: `fallocate (Linux 6.3 and newer), or ${PREFILL}`,
  },
  {
    applies: unallocated,
    punts: true,
    cause: "hole",
    why: "the range has no blocks yet, and allocating some has to wait for the journal",
    kernelFunction: "ext4_iomap_alloc",
    curedBy: `fallocate, or ${PREFILL}`,
  },
  {
    applies: (question) => question.crossesExtents && !from73(question),
    punts: true,
    cause: "crosses-extents",
    why: "before Linux 7.3 a write that one mapping does not cover is no overwrite, and takes the inode lock exclusively",
    kernelFunction: "ext4_overwrite_io in ext4_dio_write_checks",
    curedBy: "writes that stay inside one extent: preallocate in one go, write in order",
  },
  {
    applies: (question) => question.extent === "unwritten" && !from63(question),
    punts: true,
    cause: "unwritten",
    why: "before Linux 6.3 an unwritten extent is no overwrite and takes the inode lock exclusively",
    kernelFunction: "ext4_overwrite_io in ext4_dio_write_checks (until 240930fb7e6b)",
    curedBy: `Linux 6.3 or newer, or ${PREFILL}`,
  },
  {
    applies: (question) => !question.aligned && !from65(question),
    punts: true,
    cause: "unaligned",
    why: "before Linux 6.5 a write of part of a block takes the inode lock exclusively",
    kernelFunction: "ext4_unaligned_io in ext4_dio_write_checks (until 310ee0902b8d)",
    curedBy: WHOLE_BLOCKS,
  },
  {
    applies: ({ aligned, extent }) => !aligned && extent === "unwritten",
    punts: true,
    cause: "unaligned",
    why: "part of an unwritten block must be zeroed, which takes the inode lock exclusively",
    kernelFunction: "ext4_unaligned_io in ext4_dio_write_checks",
    curedBy: WHOLE_BLOCKS,
  },
  {
    applies: ({ setId }) => setId,
    punts: true,
    cause: "security-attributes",
    why: "the file is set-user-ID or set-group-ID, so each write has to look whether to clear that (no S_NOSEC)",
    kernelFunction: "!IS_NOSEC(inode) in ext4_dio_write_checks",
    curedBy: "chmod u-s,g-s",
  },
  {
    applies: ({ firstWriteOfInode }) => firstWriteOfInode,
    punts: true,
    cause: "first-write-of-inode",
    why: "the kernel does not know yet that the inode has no security attributes to clear (S_NOSEC)",
    kernelFunction: "!IS_NOSEC(inode) in ext4_dio_write_checks",
    curedBy: "nothing: it is one punt for each time that the inode is loaded",
  },
  pageCacheRule(),
  statRule(from73),
  {
    applies: from73,
    punts: "tick",
    cause: "timestamp",
    why: "from Linux 7.3 the first write after a clock tick has to start a journal handle for mtime",
    kernelFunction: "kiocb_modified in ext4_dio_write_checks",
    curedBy: "nothing known on ext4; lazytime does not help",
  },
  {
    applies: ({ extent }) => extent === "unwritten",
    punts: false,
    cause: "unwritten-in-place",
    why: "the range is allocated inside i_size: issued inline under the shared lock, converted after the I/O",
    kernelFunction: "ext4_overwrite_io in ext4_dio_write_checks (since 240930fb7e6b)",
    curedBy: null,
  },
  {
    applies: () => true,
    punts: false,
    cause: "overwrite",
    why: "an overwrite of written blocks inside i_size",
    kernelFunction: "ext4_overwrite_io in ext4_dio_write_checks",
    curedBy: null,
  },
];
