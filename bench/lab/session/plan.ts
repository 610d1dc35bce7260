import type { FilesystemChoice } from "../image/job.js";
import type { LabKernel } from "./kernels.js";

/** One guest to run. */
export interface PlannedBoot {
  kernel: LabKernel;
  filesystem: FilesystemChoice;
  /** Which boot of this kernel and filesystem, from 0. */
  boot: number;
}

/**
 * All boots in the order to run them: every kernel and filesystem once, then all again in the
 * opposite order, and so on, so that a drift of the host affects all kernels alike.
 */
export function planBoots(
  kernels: readonly LabKernel[],
  filesystems: readonly FilesystemChoice[],
  boots: number,
): PlannedBoot[] {
  const once = kernels.flatMap((kernel) =>
    filesystems.map((filesystem) => ({ kernel, filesystem })),
  );
  return Array.from({ length: boots }, (_, boot) => {
    const pass = boot % 2 === 0 ? once : once.toReversed();
    return pass.map((cell) => ({ ...cell, boot }));
  }).flat();
}
