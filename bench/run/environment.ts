import { realpathSync } from "node:fs";
import type { DirectIoAlignment } from "../../native/index.js";
import type { Environment } from "../../results/environment.js";
import { blockDeviceOf } from "../environment/block-device.js";
import { device } from "../environment/device.js";
import { filesystem } from "../environment/filesystem.js";
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
  return {
    ...machine(puntCounter),
    filesystem: filesystem(path, mount),
    device: device(mount === null ? null : blockDeviceOf(mount)),
    directIoAlignment: alignment,
  };
}
