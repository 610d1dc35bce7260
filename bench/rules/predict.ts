import { BLOCK_DEVICES } from "../../results/vocabulary.js";
import { BLOCK_DEVICE_RULES } from "./block-device.js";
import { BTRFS_RULES } from "./btrfs.js";
import { deviceVerdict } from "./device.js";
import { EXT4_RULES } from "./ext4.js";
import { F2FS_RULES } from "./f2fs.js";
import { OVERLAY_RULES } from "./overlay.js";
import type { Prediction, Rule } from "./prediction.js";
import type { WriteQuestion } from "./question.js";
import { FILESYSTEMS_WITHOUT_NOWAIT, rulesWithoutNowait } from "./without-nowait.js";
import { XFS_RULES } from "./xfs.js";

const RULES: Record<string, readonly Rule[]> = {
  ext4: EXT4_RULES,
  xfs: XFS_RULES,
  btrfs: BTRFS_RULES,
  f2fs: F2FS_RULES,
  overlay: OVERLAY_RULES,
  [BLOCK_DEVICES]: BLOCK_DEVICE_RULES,
  ...Object.fromEntries(
    FILESYSTEMS_WITHOUT_NOWAIT.map((filesystem) => [filesystem, rulesWithoutNowait(filesystem)]),
  ),
};

const FORCED: Prediction = {
  punts: true,
  cause: "forced",
  why: "IOSQE_ASYNC asks for a worker without an attempt",
  kernelFunction: "io_queue_sqe_fallback",
  curedBy: "not setting IOSQE_ASYNC",
};

/** All checks of a filesystem, in the kernel's order; empty where there are no rules. */
export const rulesOf = (filesystem: string): readonly Rule[] => RULES[filesystem] ?? [];

/**
 * What mainline Linux of this version does with the write, by the checks in its source. Distribution kernels
 * carry backports, so the kernel's answer (`puntbench probe`) is better where it is available. A lock that
 * another task holds at the moment of the write can punt any write; that is not predicted.
 */
export function predict(question: WriteQuestion): Prediction {
  if (question.forced) return FORCED;
  const device = deviceVerdict(question);
  if (device?.punts === true) return device;
  const byFilesystem = predictByFilesystem(question);
  // A device that is not known matters only for writes that the filesystem lets through.
  return device !== null && byFilesystem.punts !== true ? device : byFilesystem;
}

function predictByFilesystem(question: WriteQuestion): Prediction {
  const rule = RULES[question.filesystem]?.find(({ applies }) => applies(question));
  if (rule === undefined) {
    return {
      punts: null,
      cause: "not-established",
      why: `there are no rules for ${question.filesystem}; a file without FMODE_NOWAIT punts always, and \`puntbench probe\` asks the kernel`,
      kernelFunction: null,
      curedBy: null,
    };
  }
  const { punts, cause, why, kernelFunction, curedBy } = rule;
  return { punts, cause, why, kernelFunction, curedBy };
}
