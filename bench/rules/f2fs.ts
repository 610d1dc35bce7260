import { atLeast } from "./kernel-version.js";
import type { Rule } from "./prediction.js";
import { pageCacheRule, WHOLE_BLOCKS } from "./shared-rules.js";

const PREFILL = "writing every block once with O_DIRECT beforehand (dd-prefill)";

/**
 * f2fs_file_write_iter -> f2fs_should_use_dio -> f2fs_dio_write_iter -> f2fs_overwrite_io -> __iomap_dio_rw.
 * Read in 5.10.262, 6.1.192, 6.12.118, 7.2.13 and 7.3.4 (fs/f2fs/file.c, fs/f2fs/data.c), and counted on 5.10.262 and 6.12.118. A timestamp
 * never refuses: f2fs_write_checks calls file_modified without IOCB_NOWAIT. Before 5.17 (a1e09b03e6f5) a write of part of a block
 * passes f2fs_overwrite_io too, and the attempt itself writes it through the page cache, which may wait. A zoned device makes
 * every write buffered, and a mount does not show it, so no rule covers it.
 */
export const F2FS_RULES: readonly Rule[] = [
  {
    applies: ({ kernel }) => !atLeast(kernel, 5, 10),
    punts: null,
    cause: "not-established",
    why: "f2fs was read from Linux 5.10 on",
    kernelFunction: null,
    curedBy: null,
  },
  {
    applies: ({ extent, mountOptions, kernel }) =>
      extent === "encrypted" && (mountOptions.includes("inlinecrypt") || atLeast(kernel, 7, 3)),
    punts: null,
    cause: "not-established",
    why: "with inline encryption f2fs can do direct I/O on encrypted files; such writes were not examined",
    kernelFunction: "fscrypt_dio_supported in f2fs_force_buffered_io",
    curedBy: null,
  },
  {
    applies: ({ extent }) => extent === "compressed" || extent === "encrypted",
    punts: true,
    cause: "no-direct-io",
    why: "f2fs does no direct I/O on compressed or encrypted files, and its buffered write refuses not to wait",
    kernelFunction: "f2fs_force_buffered_io, f2fs_buffered_write_iter",
    curedBy: "no compression and no encryption for this file",
  },
  {
    applies: ({ aligned, kernel }) => !aligned && atLeast(kernel, 5, 17),
    punts: true,
    cause: "unaligned",
    why: "a write of part of a block falls back to a buffered write",
    kernelFunction: "f2fs_should_use_dio",
    curedBy: WHOLE_BLOCKS,
  },
  {
    applies: ({ extent }) => extent === "inline",
    punts: true,
    cause: "special-extent",
    why: "the data is stored inside the inode and must move to a block first",
    kernelFunction: "f2fs_has_inline_data",
    curedBy: PREFILL,
  },
  {
    applies: ({ extending }) => extending,
    punts: true,
    cause: "extends-size",
    why: "a write that ends beyond i_size is no overwrite",
    kernelFunction: "f2fs_overwrite_io",
    curedBy: PREFILL,
  },
  {
    applies: ({ extent }) => extent === "hole" || extent === "delayed",
    punts: true,
    cause: "hole",
    why: "the range has no blocks yet, and allocating some has to wait",
    kernelFunction: "f2fs_overwrite_io",
    curedBy: PREFILL,
  },
  {
    applies: ({ extent }) => extent === "unwritten",
    punts: true,
    cause: "unwritten",
    why: "fallocate only reserves blocks on f2fs (NEW_ADDR), and the first write to each has to allocate it",
    kernelFunction: "f2fs_overwrite_io",
    curedBy: PREFILL,
  },
  pageCacheRule(),
  {
    applies: () => true,
    punts: false,
    cause: "overwrite",
    why: "an overwrite of written blocks inside i_size",
    kernelFunction: "f2fs_overwrite_io",
    curedBy: null,
  },
];
