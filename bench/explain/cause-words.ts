import type { ObservedCause } from "../../results/vocabulary.js";

/** In a sentence: "... because <words>". */
export const CAUSE_WORDS: Record<ObservedCause, string> = {
  forced: "the request carried IOSQE_ASYNC",
  "no-direct-io": "the filesystem does no direct I/O on this file",
  "first-write-of-inode": "it is the first write since the kernel loaded the inode",
  "security-attributes": "the file is set-user-ID or set-group-ID",
  "extends-size": "the write extends the file",
  "beyond-size": "the write starts beyond the end of the file",
  hole: "the range has no blocks yet",
  unwritten: "the blocks are unwritten extents",
  "crosses-extents": "the write crosses extents",
  unaligned: "the write covers only part of a block of the filesystem",
  "page-cache": "pages of the range are in the page cache",
  timestamp: "the file's timestamp was due",
  "copy-on-write": "the file is copy-on-write",
  checksums: "the file has checksums",
  "shared-extent": "the extent is shared",
  "special-extent": "the extent is inline, compressed or encrypted",
  overwrite: "it overwrites blocks in place",
  "unwritten-in-place": "it fills allocated blocks in place",
  "not-established": "no rule knows",
  "lock-contended": "the lock of the inode was held",
  "no-nowait": "the file or its device cannot write without waiting",
  "linked-or-drained": "a request before it had to end first",
  unknown: "the evidence does not decide",
};
