import { BLOCK_DEVICES } from "../../results/vocabulary.js";
import { atLeast, type KernelVersion } from "./kernel-version.js";
import type { Prediction } from "./prediction.js";
import type { BlockLayer, WriteQuestion } from "./question.js";

/** Filesystems with one device in their superblock (s_bdev). btrfs has several, so io_uring does not ask them. */
const WITH_ONE_DEVICE: readonly string[] = ["ext4", "xfs", "f2fs"];

/** Suffixes of LVM's devices whose targets (thin, snapshot, cache) lack DM_TARGET_NOWAIT. */
const LVM_WITHOUT_NOWAIT = /^LVM-(tpool|tdata|tmeta|cow|real|cpool|cvol|cdata|cmeta)$/;

/**
 * Whether io_uring asks the device if it can refuse to wait. For a regular file it did so until Linux 6.3
 * (io_bdev_nowait in io_file_supports_nowait); from 6.4 on it looks only at FMODE_NOWAIT of the file. A block device
 * that is opened itself has this flag only where its queue has it (6.4: bdev_nowait), so there the device always decides.
 */
export function deviceDecides(filesystem: string, kernel: KernelVersion): boolean {
  if (filesystem === BLOCK_DEVICES) return true;
  return WITH_ONE_DEVICE.includes(filesystem) && !atLeast(kernel, 6, 4);
}

/**
 * Whether a device can refuse to wait. blk-mq devices can; md since 5.17 (f51d46d0e7cb); a dm device where all its
 * targets have DM_TARGET_NOWAIT, which crypt, thin and snapshot have not.
 * null: the target is not known.
 */
export function supportsNowait(
  { kind, detail }: BlockLayer,
  kernel: KernelVersion,
): boolean | null {
  if (kind === "disk" || kind === "loop") return true;
  if (kind === "md") return atLeast(kernel, 5, 17);
  if (kind === "dm" && detail !== null) {
    return detail.startsWith("CRYPT") || LVM_WITHOUT_NOWAIT.test(detail) ? false : null;
  }
  return null;
}

/** What the devices below the file decide before the filesystem is asked; null: they let the write through. */
export function deviceVerdict({ filesystem, devices, kernel }: WriteQuestion): Prediction | null {
  if (!deviceDecides(filesystem, kernel)) return null;
  const shown = ({ name, detail }: BlockLayer) => (detail === null ? name : `${name} (${detail})`);
  const without = devices.find((layer) => supportsNowait(layer, kernel) === false);
  const raw = filesystem === BLOCK_DEVICES;
  const asks = raw
    ? "a block device says itself whether it can refuse to wait"
    : "before Linux 6.4 io_uring asks the device";
  const kernelFunction = raw
    ? "bdev_nowait in blkdev_open"
    : "io_bdev_nowait in io_file_supports_nowait (until Linux 6.3)";
  if (without !== undefined) {
    const why = `${asks}, and ${shown(without)} cannot refuse to wait`;
    const curedBy = raw
      ? "the device below, or from Linux 6.4 on a file on ext4 or XFS"
      : "Linux 6.4 or newer, or a filesystem directly on a disk or partition";
    return { punts: true, cause: "no-nowait", why, kernelFunction, curedBy };
  }
  const unsure = devices.find((layer) => supportsNowait(layer, kernel) === null);
  if (unsure === undefined) return null;
  const why = `${asks}, and the target of ${shown(unsure)} is not known: over a linear one a write goes inline, over thin or snapshot every write punts`;
  return { punts: null, cause: "not-established", why, kernelFunction, curedBy: null };
}
