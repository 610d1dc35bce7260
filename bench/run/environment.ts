import { realpathSync } from "node:fs";
import type { DirectIoAlignment } from "../../native/index.js";
import type { Environment, Filesystem } from "../../results/environment.js";
import { BLOCK_DEVICES } from "../../results/vocabulary.js";
import { blockDeviceOf } from "../environment/block-device.js";
import { device } from "../environment/device.js";
import { filesystem } from "../environment/filesystem.js";
import { type LabDisk, labDisk } from "../environment/lab-disk.js";
import { machine } from "../environment/machine.js";
import { mountOf } from "../environment/mount.js";
import type { PuntCounter } from "../environment/punt-counter.js";

/** Everything about this machine and directory that a reader needs to judge the figures. Reads, never writes. */
export function environment(
  directory: string,
  alignment: DirectIoAlignment,
  puntCounter: PuntCounter,
): Environment {
  const path = realpathSync(directory);
  const mount = mountOf(path);
  const disk = labDisk();
  const number = mount === null ? null : blockDeviceOf(mount);
  return {
    ...machine(puntCounter),
    filesystem: disk === null ? filesystem(path, mount) : asFilesystem(disk),
    device: device(disk?.number ?? number),
    directIoAlignment: alignment,
  };
}

/** What stands in the place of a filesystem where the requests go to the disk itself. */
function asFilesystem({ sizeBytes, logicalBlockBytes }: LabDisk): Filesystem {
  return {
    type: BLOCK_DEVICES,
    mountPoint: null,
    mountOptions: [],
    features: null,
    blockSizeBytes: logicalBlockBytes,
    sizeBytes,
    freeBytes: sizeBytes,
  };
}
