import { deviceStack, scheduler, writeCache } from "./checks/device.js";
import { filesystemType, mountOptions } from "./checks/filesystem.js";
import { clockTick, workerThreads } from "./checks/kernel.js";
import { cpuset, lockedMemory, memory, tasks } from "./checks/limits.js";
import { clockSource, cpus, governor, load, virtualMachine } from "./checks/machine.js";
import { ioWqUsers, lazyInit } from "./checks/neighbours.js";
import { freeSpace, leftovers, writable } from "./checks/place.js";
import { ioUring, puntCounter, seccomp } from "./checks/rights.js";
import type { Facts } from "./facts.js";
import { type Finding, SEVERITIES } from "./finding.js";

/** One thing to look at: facts in, what they mean out. */
type Check = (facts: Facts) => Finding | Finding[];

const CHECKS: readonly Check[] = [
  ioUring,
  puntCounter,
  seccomp,
  workerThreads,
  clockTick,
  writable,
  filesystemType,
  mountOptions,
  freeSpace,
  leftovers,
  deviceStack,
  scheduler,
  writeCache,
  governor,
  virtualMachine,
  clockSource,
  cpus,
  cpuset,
  memory,
  tasks,
  lockedMemory,
  load,
  ioWqUsers,
  lazyInit,
];

/** Every check's findings, the gravest first. */
export function diagnose(facts: Facts): Finding[] {
  return CHECKS.flatMap((check) => check(facts)).sort(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  );
}
