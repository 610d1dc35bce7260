import type { Device } from "../../results/environment.js";
import type { StackedDevice } from "../environment/block-device.js";
import type { Mount } from "../environment/mount.js";
import type { PuntCounter } from "../environment/punt-counter.js";
import type { KernelVersion } from "../rules/kernel-version.js";

/** All that the checks judge, read once. null: this system does not tell. */
export interface Facts {
  kernel: { release: string; version: KernelVersion; hz: number | null };
  rights: {
    puntCounter: PuntCounter;
    /** Why no ring can be made, and what to do; null when one can. */
    ringRefused: { message: string; remedy: string } | null;
    /** A filter decides about system calls (seccomp mode 2). */
    seccompFilter: boolean | null;
    container: string | null;
  };
  place: {
    directory: string;
    writable: boolean;
    mount: Mount | null;
    /** Name of a filesystem without a device, like tmpfs; null for others. */
    withoutDevice: string | null;
    /** chattr +C */
    noCow: boolean;
    freeBytes: number;
    sizeBytes: number;
    abandonedScratch: string[];
  };
  device: Device;
  stack: StackedDevice[];
  machine: {
    cpuCount: number;
    governor: string | null;
    hypervisor: string | null;
    emulated: boolean;
    clockSource: string | null;
    /** Runnable tasks, mean of the last minute. */
    load: number;
    /** Percent of the last 10 s in which some task waited for I/O (pressure stall information). */
    ioPressurePercent: number | null;
  };
  limits: {
    memoryAvailableBytes: number | null;
    /** Tightest limit of the cgroups above this process, and what is used of it. */
    cgroupMemory: { limitBytes: number; usedBytes: number } | null;
    cgroupTasks: { limit: number; used: number } | null;
    userProcesses: number | null;
    lockedMemoryBytes: number | null;
    cpusAllowed: string | null;
    cpusOnline: string | null;
  };
  neighbours: {
    /** Other processes with io-wq workers. */
    ioWqUsers: { pid: number; name: string; workers: number }[];
    /** ext4 still writes the inode tables of a fresh filesystem. */
    lazyInit: boolean;
  };
}
