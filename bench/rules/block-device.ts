import { atLeast } from "./kernel-version.js";
import type { Rule } from "./prediction.js";
import type { WriteQuestion } from "./question.js";
import { pageCacheRule } from "./shared-rules.js";

const PAGE_BYTES = 4096;
/** BIO_MAX_VECS: a longer write needs a second bio, unless its pages are next to each other in memory. */
const MOST_PIECES = 256;

const limitsOf = ({ devices }: WriteQuestion) => devices[0]?.requestLimits ?? null;

/** More bytes than one request holds, however the buffer lies in memory. */
function exceedsBytes(question: WriteQuestion): boolean {
  const limits = limitsOf(question);
  return limits !== null && (question.lengthBytes ?? 0) > limits.bytes;
}

/** More pages than one request holds pieces of memory. The rule takes pages of 4 KiB. */
function exceedsPieces(question: WriteQuestion): boolean {
  const pieces = Math.min(limitsOf(question)?.segments ?? MOST_PIECES, MOST_PIECES);
  return (question.lengthBytes ?? 0) > pieces * PAGE_BYTES;
}

const SHORTER = "shorter writes: max_sectors_kb and max_segments of the queue are the limits";

/**
 * blkdev_write_iter -> blkdev_direct_write -> __blkdev_direct_IO_async -> bio_split_rw. The bio carries REQ_NOWAIT.
 * So it is refused where it would have to be split (since 6.2, and in stable kernels from 5.15 on), and where the
 * queue has no free tag. Read in 6.1.192 and 6.12.117 (block/fops.c, block/blk-merge.c), and counted on 6.18 over a
 * loop device with max_segments 128: of 64 writes of 512 KiB none punts, of 516 KiB 37, of 640 KiB and more all; with
 * max_sectors_kb at 64, each of 128 KiB punts. A question does not have the free tags of the queue, so no rule covers them.
 */
export const BLOCK_DEVICE_RULES: readonly Rule[] = [
  pageCacheRule("kiocb_invalidate_pages in blkdev_direct_write"),
  {
    applies: (question) =>
      !atLeast(question.kernel, 6, 1) && (exceedsBytes(question) || exceedsPieces(question)),
    punts: null,
    cause: "not-established",
    why: "writes that must be split were not examined before Linux 6.1",
    kernelFunction: null,
    curedBy: SHORTER,
  },
  {
    applies: exceedsBytes,
    punts: true,
    cause: "splits-request",
    why: "the write is longer than one request of the queue (max_sectors_kb), and a write that must not wait is not split",
    kernelFunction: "bio_split_rw (REQ_NOWAIT)",
    curedBy: SHORTER,
  },
  {
    applies: exceedsPieces,
    punts: null,
    cause: "not-established",
    why: "the write has more pages than one request of the queue takes pieces of memory (max_segments, at most 256): it punts, unless the pages of its buffer are next to each other, as in huge pages",
    kernelFunction: "bio_split_rw (REQ_NOWAIT), __blkdev_direct_IO",
    curedBy: "shorter writes, or buffers in huge pages",
  },
  {
    applies: () => true,
    punts: false,
    cause: "overwrite",
    why: "a write that fits into one request of the queue goes inline while the queue has room",
    kernelFunction: "__blkdev_direct_IO_async",
    curedBy: null,
  },
];
