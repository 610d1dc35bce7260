import type { Rule } from "./prediction.js";

/**
 * overlayfs opens its files without FMODE_NOWAIT, so io_uring does not even ask the layer below. Counted on
 * Linux 6.18: every overwrite of a prefilled file punts, and RWF_NOWAIT gets -EOPNOTSUPP.
 */
export const OVERLAY_RULES: readonly Rule[] = [
  {
    applies: () => true,
    punts: true,
    cause: "no-nowait",
    why: "files of overlayfs cannot be written without waiting (no FMODE_NOWAIT), whatever the layer below can do",
    kernelFunction: "io_file_supports_nowait",
    curedBy: "a volume of ext4 or XFS mounted into the container, in place of its root filesystem",
  },
];
