import { realpathSync, statfsSync } from "node:fs";
import { release, version } from "node:os";
import type { Driver } from "../../native/index.js";
import { BLOCK_DEVICES } from "../../results/vocabulary.js";
import { blockDeviceOf, deviceStack, majorMinor } from "../environment/block-device.js";
import { INODE_FLAGS } from "../environment/inode-flags.js";
import { mountOf } from "../environment/mount.js";
import { runningKernelVersion } from "../rules/kernel-version.js";
import { EASY_WRITE, type WriteQuestion } from "../rules/question.js";

/** What the rules must know of a file, or of a directory for its new files; the write itself is an easy one. */
export function questionAbout(driver: Driver, path: string, blockSizeBytes: number): WriteQuestion {
  const mount = mountOf(realpathSync(path));
  const mountOptions = mount?.options ?? [];
  const flags = driver.inodeFlags(path) ?? 0;
  return {
    ...EASY_WRITE,
    filesystem: mount?.type ?? "unknown",
    kernel: runningKernelVersion(release(), version()),
    devices: mount === null ? [] : deviceStack(blockDeviceOf(mount)),
    mountOptions,
    inode: {
      noCow: (flags & INODE_FLAGS.noCow) !== 0,
      dataJournal: (flags & INODE_FLAGS.dataJournal) !== 0,
      preallocated: false,
    },
    aligned: blockSizeBytes % statfsSync(path).bsize === 0,
  };
}

/** The same of a write to a whole block device. @param rdev the device, as stat() tells it. */
export function questionAboutDevice(rdev: number, blockSizeBytes: number): WriteQuestion {
  return {
    ...EASY_WRITE,
    filesystem: BLOCK_DEVICES,
    kernel: runningKernelVersion(release(), version()),
    devices: deviceStack(majorMinor(rdev)),
    lengthBytes: blockSizeBytes,
  };
}
