import type { Ill } from "./healthy-host.js";

/** Devices, CPUs, limits and neighbours. */
export const ILLS_OF_THE_MACHINE: readonly Ill[] = [
  [
    "a loop device",
    ({ stack }) => stack.unshift({ name: "loop0", kind: "loop", detail: "/images/a.img" }),
    "warning",
    "device",
    /loop0 \(\/images\/a\.img\)/,
  ],
  [
    "dm-crypt on 6.1, where every write punts",
    ({ stack, kernel }) => {
      stack.unshift({ name: "dm-0", kind: "dm", detail: "CRYPT" });
      kernel.version = { major: 6, minor: 1, patch: 180 };
    },
    "warning",
    "device",
    /dm-0 \(CRYPT\)/,
  ],
  [
    "a software RAID",
    ({ stack }) => stack.unshift({ name: "md0", kind: "md", detail: null }),
    "note",
    "device",
    /md0/,
  ],
  [
    "a scheduler that costs CPU",
    ({ device }) => Object.assign(device, { scheduler: "bfq" }),
    "warning",
    "scheduler",
    /bfq/,
  ],
  [
    "a volatile write cache",
    ({ device }) => Object.assign(device, { writeCache: "write back" }),
    "note",
    "write-cache",
    /write back/,
  ],
  [
    "a governor that saves power",
    ({ machine }) => Object.assign(machine, { governor: "powersave" }),
    "warning",
    "governor",
    /powersave/,
  ],
  [
    "an emulated CPU",
    ({ machine }) => Object.assign(machine, { hypervisor: "QEMU", emulated: true }),
    "warning",
    "virtualisation",
    /emulated/,
  ],
  [
    "a slow clock",
    ({ machine }) => Object.assign(machine, { clockSource: "hpet" }),
    "warning",
    "clock-source",
    /hpet/,
  ],
  [
    "a single CPU",
    ({ machine }) => Object.assign(machine, { cpuCount: 1 }),
    "warning",
    "cpus",
    /one CPU/,
  ],
  [
    "somebody else's load",
    ({ machine }) => Object.assign(machine, { load: 7 }),
    "warning",
    "load",
    /load 7/,
  ],
  [
    "somebody else's I/O",
    ({ machine }) => Object.assign(machine, { ioPressurePercent: 40 }),
    "warning",
    "load",
    /40 %/,
  ],
  [
    "a cgroup that is nearly full",
    ({ limits }) =>
      Object.assign(limits, { cgroupMemory: { limitBytes: 500e6, usedBytes: 400e6 } }),
    "warning",
    "memory",
    /cgroup/,
  ],
  [
    "a limit of threads",
    ({ limits }) => Object.assign(limits, { cgroupTasks: { limit: 100, used: 60 } }),
    "warning",
    "tasks",
    /only 40/,
  ],
  [
    "a limit of locked memory on 5.10",
    ({ limits, kernel }) => {
      limits.lockedMemoryBytes = 16384;
      kernel.version = { major: 5, minor: 10, patch: 223 };
    },
    "warning",
    "locked-memory",
    /16 KiB/,
  ],
  [
    "a cpuset on 6.1, which workers ignore",
    ({ limits, kernel }) => {
      limits.cpusAllowed = "0-1";
      kernel.version = { major: 6, minor: 1, patch: 180 };
    },
    "warning",
    "cpuset",
    /0-1 of 0-7/,
  ],
  [
    "other users of io-wq",
    ({ neighbours }) => neighbours.ioWqUsers.push({ pid: 7, name: "postgres", workers: 3 }),
    "warning",
    "io-wq-users",
    /postgres \(7\): 3/,
  ],
  [
    "a filesystem that is still being made",
    ({ neighbours }) => Object.assign(neighbours, { lazyInit: true }),
    "warning",
    "lazy-init",
    /ext4lazyinit/,
  ],
];
