import type { FilesystemChoice } from "../image/job.js";

/** One guest to run. */
export interface PlannedBoot<Target> {
  target: Target;
  filesystem: FilesystemChoice;
  /** Which boot of this kernel and filesystem, from 0. */
  boot: number;
}

/**
 * All boots in the order to run them: every kernel and filesystem once, then all again in the
 * opposite order, and so on, so that whatever drifts on the host hits kernels alike.
 */
export function planBoots<Target>(
  targets: readonly Target[],
  filesystems: readonly FilesystemChoice[],
  boots: number,
): PlannedBoot<Target>[] {
  const once = targets.flatMap((target) =>
    filesystems.map((filesystem) => ({ target, filesystem })),
  );
  return Array.from({ length: boots }, (_, boot) => {
    const pass = boot % 2 === 0 ? once : once.toReversed();
    return pass.map((cell) => ({ ...cell, boot }));
  }).flat();
}
