import { atLeast, type KernelVersion } from "./kernel-version.js";
import type { Rule } from "./prediction.js";

/** What overlayfs does to a measurement, for warnings. */
export function overlayWords(kernel: KernelVersion): string {
  return atLeast(kernel, 6, 4)
    ? "every write punts, whatever the preparation: its files have no FMODE_NOWAIT"
    : "the figures are those of the layer below and of the way overlayfs calls it";
}

/**
 * overlayfs opens its files without FMODE_NOWAIT. From Linux 6.4 on, io_uring looks only at that flag and does not
 * ask the layer below. Counted on 6.12 and 6.18: every overwrite of a prefilled file punts, and RWF_NOWAIT
 * returns -EOPNOTSUPP. Older kernels look at the device of a regular file instead. Counted on 6.1: no such
 * overwrite punts. What the layer below refuses there is not established.
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
