import { atLeast } from "./kernel-version.js";
import type { Rule } from "./prediction.js";

/**
 * overlayfs opens its files without FMODE_NOWAIT, so from Linux 6.4 on, where nothing else counts, io_uring does
 * not even ask the layer below. Counted on 6.12 and 6.18: every overwrite of a prefilled file punts, and RWF_NOWAIT
 * gets -EOPNOTSUPP. Before, the device of a regular file had to be able to refuse, which none says of overlayfs: on
 * 6.1 no such overwrite punts, and what the layer below refuses is not established.
 */
export const OVERLAY_RULES: readonly Rule[] = [
  {
    applies: ({ kernel }) => atLeast(kernel, 6, 4),
    punts: true,
    cause: "no-nowait",
    why: "files of overlayfs cannot be written without waiting (no FMODE_NOWAIT), whatever the layer below can do",
    kernelFunction: "io_file_supports_nowait",
    curedBy: "a volume of ext4 or XFS mounted into the container, in place of its root filesystem",
  },
  {
    applies: () => true,
    punts: null,
    cause: "not-established",
    why: "before Linux 6.4 overlayfs asks the layer below, and what comes back is not established",
    kernelFunction: "io_file_supports_nowait",
    curedBy: null,
  },
];
