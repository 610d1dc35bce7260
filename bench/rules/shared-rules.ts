import type { Rule } from "./prediction.js";

/** The remedy for writes of part of a block. */
export const WHOLE_BLOCKS = "offset and length in multiples of the filesystem's block";

/** Cached pages of the range; the rule of every filesystem, decided in `kernelFunction`. */
export function pageCacheRule(
  kernelFunction = "kiocb_invalidate_pages (filemap_range_has_page) in __iomap_dio_rw",
): Rule {
  return {
    applies: ({ cached }) => cached === true,
    punts: true,
    cause: "page-cache",
    why: "pages of the range are in the page cache, and invalidating them may wait",
    kernelFunction,
    curedBy:
      "dropping the pages: posix_fadvise(POSIX_FADV_DONTNEED) after fsync, no buffered access",
  };
}
