import type { Facts } from "../../../bench/doctor/facts.js";
import type { Severity } from "../../../bench/doctor/finding.js";

/** A host on which there is nothing to find. */
export function healthy(): Facts {
  return {
    kernel: { release: "6.12.117", version: { major: 6, minor: 12, patch: 117 }, hz: 250 },
    rights: {
      puntCounter: { available: true, reason: null },
      ringRefused: null,
      seccompFilter: false,
      container: null,
    },
    place: {
      directory: "/mnt/data",
      writable: true,
      mount: {
        id: 1,
        device: "8:1",
        mountPoint: "/mnt/data",
        type: "ext4",
        source: "/dev/sda1",
        options: ["rw", "relatime"],
      },
      withoutDevice: null,
      noCow: false,
      freeBytes: 50e9,
      sizeBytes: 100e9,
      abandonedScratch: [],
    },
    device: {
      name: "sda",
      model: null,
      rotational: false,
      scheduler: "none",
      writeCache: "write through",
      discardGranularityBytes: 0,
      logicalBlockBytes: 512,
      queueRequests: 64,
    },
    stack: [{ name: "sda", kind: "disk", detail: null }],
    machine: {
      cpuCount: 8,
      governor: "performance",
      hypervisor: null,
      emulated: false,
      clockSource: "tsc",
      load: 0.1,
      ioPressurePercent: 0,
    },
    limits: {
      memoryAvailableBytes: 8e9,
      cgroupMemory: null,
      cgroupTasks: null,
      userProcesses: null,
      lockedMemoryBytes: null,
      cpusAllowed: "0-7",
      cpusOnline: "0-7",
    },
    neighbours: { ioWqUsers: [], lazyInit: false },
  };
}

/** What is wrong with a host, how to make it so, and what the doctor must say of it. */
export type Ill = [
  what: string,
  spoil: (facts: Facts) => void,
  severity: Severity,
  check: string,
  words: RegExp,
];
