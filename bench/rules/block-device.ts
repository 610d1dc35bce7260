import type { Rule } from "./prediction.js";
import { pageCacheRule } from "./shared-rules.js";

/** The kernel's own name of the filesystem whose files are block devices, as in /proc/filesystems. */
export const BLOCK_DEVICES = "bdev";

/**
 * blkdev_write_iter -> blkdev_direct_write -> __blkdev_direct_IO_async. Read in 6.1.192 and 6.12.117 (block/fops.c), and
 * counted on 6.18 over a loop device: no write of 4 to 512 KiB punts, and each of 1 MiB does; with max_sectors_kb at
 * 64, each of 128 KiB does. The request carries REQ_NOWAIT, so it is also refused when the queue has no free tag. A
 * question has neither the length of the write nor the limits of the queue, so no rule covers these two.
 */
export const BLOCK_DEVICE_RULES: readonly Rule[] = [
  pageCacheRule("kiocb_invalidate_pages in blkdev_direct_write"),
  {
    applies: () => true,
    punts: false,
    cause: "overwrite",
    why: "a write that fits into one request of the queue (max_sectors_kb) goes inline while the queue has room",
    kernelFunction: "__blkdev_direct_IO_async",
    curedBy: null,
  },
];
