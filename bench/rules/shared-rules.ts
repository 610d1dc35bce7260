import { atLeast } from "./kernel-version.js";
import type { Rule } from "./prediction.js";
import type { WriteQuestion } from "./question.js";

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

/**
 * Multigrain timestamps (FS_MGTIME, Linux 6.13): a stat() marks the ctime as seen (I_CTIME_QUERIED), so the next write
 * takes a fine-grained timestamp, inside the clock tick too. It goes before the rule for ticks.
 * @param applies where a due timestamp punts a write.
 */
export function statRule(applies: (question: WriteQuestion) => boolean): Rule {
  return {
    applies: (question) =>
      question.statSinceWrite && atLeast(question.kernel, 6, 13) && applies(question),
    punts: true,
    cause: "timestamp",
    why: "from Linux 6.13 a stat() makes the next write take a new timestamp, even inside the clock tick",
    kernelFunction: "kiocb_modified (multigrain timestamps)",
    curedBy: "no stat() of the file between its writes (statx without STATX_CTIME and STATX_MTIME)",
  };
}
