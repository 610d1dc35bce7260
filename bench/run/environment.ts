import { realpathSync } from "node:fs";
import { arch, release, totalmem, version } from "node:os";
import type { DirectIoAlignment } from "../../native/index.js";
import type { Environment } from "../../results/environment.js";
import { blockDeviceOf } from "../environment/block-device.js";
import { cpu } from "../environment/cpu.js";
import { device } from "../environment/device.js";
import { filesystem } from "../environment/filesystem.js";
import { ioUringDisabled } from "../environment/io-uring.js";
import { kernelConfig } from "../environment/kernel.js";
import { labProvenance } from "../environment/lab-guest.js";
import { mountOf } from "../environment/mount.js";
import type { PuntCounter } from "../environment/punt-counter.js";
import { readNumber, readText } from "../environment/read.js";
import { container, virtualisation } from "../environment/virtualisation.js";

/** Everything about this machine that a reader needs to judge the figures. Reads, never writes. */
export function environment(
  directory: string,
  alignment: DirectIoAlignment,
  puntCounter: PuntCounter,
): Environment {
  const path = realpathSync(directory);
  const mount = mountOf(path);
  return {
    bootId: readText("/proc/sys/kernel/random/boot_id"),
    kernelRelease: release(),
    kernelVersion: version(),
    kernelConfig: kernelConfig(),
    machine: arch(),
    ...cpu(),
    memoryBytes: totalmem(),
    virtualisation: virtualisation(),
    lab: labProvenance(),
    container: container(),
    filesystem: filesystem(path, mount),
    device: device(mount === null ? null : blockDeviceOf(mount)),
    directIoAlignment: alignment,
    privileges: {
      user: process.getuid?.() ?? -1,
      puntCounter: puntCounter.available,
      puntCounterReason: puntCounter.reason,
      ioUringDisabled: ioUringDisabled(),
      perfEventParanoid: readNumber("/proc/sys/kernel/perf_event_paranoid"),
    },
  };
}
