import { arch, release, totalmem, version } from "node:os";
import type { Environment } from "../../results/environment.js";
import { cpu } from "./cpu.js";
import { ioUringDisabled } from "./io-uring.js";
import { kernelConfig } from "./kernel.js";
import { labProvenance } from "./lab-guest.js";
import type { PuntCounter } from "./punt-counter.js";
import { readNumber, readText } from "./read.js";
import { container, virtualisation } from "./virtualisation.js";

/** What this machine and its kernel are, without a directory. Reads, never writes. */
export function machine(
  puntCounter: Pick<PuntCounter, "available" | "reason">,
): Omit<Environment, "filesystem" | "device" | "directIoAlignment"> {
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
    privileges: {
      user: process.getuid?.() ?? -1,
      puntCounter: puntCounter.available,
      puntCounterReason: puntCounter.reason,
      ioUringDisabled: ioUringDisabled(),
      perfEventParanoid: readNumber("/proc/sys/kernel/perf_event_paranoid"),
    },
  };
}
