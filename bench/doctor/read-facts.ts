import { accessSync, constants, realpathSync, statfsSync, statSync } from "node:fs";
import { loadavg, release, version } from "node:os";
import type { Driver, DriverError } from "../../native/index.js";
import { UsageError } from "../../terminal/errors.js";
import { blockDeviceOf, deviceStack } from "../environment/block-device.js";
import { cpu } from "../environment/cpu.js";
import { device } from "../environment/device.js";
import { withoutDevice } from "../environment/direct-io.js";
import { INODE_FLAGS } from "../environment/inode-flags.js";
import { ringRefused } from "../environment/io-uring.js";
import { kernelConfig } from "../environment/kernel.js";
import { mountOf } from "../environment/mount.js";
import { openPuntCounter } from "../environment/punt-counter.js";
import { readText } from "../environment/read.js";
import { abandonedScratch } from "../environment/scratch.js";
import { container, virtualisation } from "../environment/virtualisation.js";
import { runningKernelVersion } from "../rules/kernel-version.js";
import { cgroupLimit } from "./cgroup.js";
import type { Facts } from "./facts.js";
import { neighbours } from "./processes.js";

/** Looks at this machine and changes nothing. Throws a UsageError for what is no directory. */
export async function readFacts(driver: Driver, directory: string): Promise<Facts> {
  const path = realDirectory(directory);
  const mount = mountOf(path);
  const blockDevice = mount === null ? null : blockDeviceOf(mount);
  const { cpuCount, governor } = cpu();
  return {
    kernel: {
      release: release(),
      version: runningKernelVersion(release(), version()),
      hz: Number(kernelConfig().CONFIG_HZ ?? Number.NaN) || null,
    },
    rights: {
      puntCounter: openPuntCounter(driver),
      ringRefused: await refusedRing(driver),
      seccompFilter: seccompFilter(),
      container: container(),
    },
    place: place(driver, path, mount),
    device: device(blockDevice),
    stack: deviceStack(blockDevice),
    machine: {
      cpuCount,
      governor,
      ...virtualisation(),
      clockSource: readText("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
      load: loadavg()[0] ?? 0,
      ioPressurePercent: ioPressurePercent(),
    },
    limits: limits(),
    neighbours: neighbours(),
  };
}

function realDirectory(directory: string): string {
  try {
    if (statSync(directory).isDirectory()) return realpathSync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === "EACCES" ? "cannot be reached by this user" : "does not exist";
    throw new UsageError(`${directory} ${what}`, "Name the directory that you want to measure in.");
  }
  throw new UsageError(`${directory} is not a directory`, "Name the directory that holds it.");
}

/** Makes a ring and sends one NOP through it. */
async function refusedRing(driver: Driver): Promise<Facts["rights"]["ringRefused"]> {
  try {
    await driver.runNops({ operations: 1, queueDepth: 1, forced: false, countPunts: false });
    return null;
  } catch (error) {
    const { message, remedy } = ringRefused(error as DriverError);
    return { message, remedy };
  }
}

function seccompFilter(): boolean | null {
  const mode = fieldOf("/proc/self/status", "Seccomp");
  return mode === null ? null : mode === "2";
}

function place(driver: Driver, directory: string, mount: Facts["place"]["mount"]): Facts["place"] {
  const { bavail, blocks, bsize } = statfsSync(directory);
  const allowed = (mode: number) => {
    try {
      accessSync(directory, mode);
      return true;
    } catch {
      return false;
    }
  };
  const readable = allowed(constants.R_OK);
  const flags = readable ? (driver.inodeFlags(directory) ?? 0) : 0;
  return {
    directory,
    writable: allowed(constants.W_OK | constants.X_OK),
    mount,
    withoutDevice: withoutDevice(directory),
    noCow: (flags & INODE_FLAGS.noCow) !== 0,
    freeBytes: bavail * bsize,
    sizeBytes: blocks * bsize,
    abandonedScratch: readable ? abandonedScratch(driver, directory) : [],
  };
}

function limits(): Facts["limits"] {
  const memory = cgroupLimit("memory");
  const available = fieldOf("/proc/meminfo", "MemAvailable");
  // CAP_SYS_RESOURCE overrides the number of processes; root is taken to have it.
  const root = process.getuid?.() === 0;
  return {
    memoryAvailableBytes: available === null ? null : Number.parseInt(available, 10) * 1024,
    cgroupMemory: memory === null ? null : { limitBytes: memory.limit, usedBytes: memory.used },
    cgroupTasks: cgroupLimit("pids"),
    userProcesses: root ? null : softLimit("Max processes"),
    lockedMemoryBytes: root ? null : softLimit("Max locked memory"),
    cpusAllowed: fieldOf("/proc/self/status", "Cpus_allowed_list"),
    cpusOnline: readText("/sys/devices/system/cpu/online"),
  };
}

/** "some avg10=1.53 ..." of pressure stall information, Linux 4.20 with CONFIG_PSI. */
function ioPressurePercent(): number | null {
  const found = /^some avg10=([\d.]+)/m.exec(readText("/proc/pressure/io") ?? "")?.[1];
  return found === undefined ? null : Number(found);
}

/** "Name:   value" of a /proc file. */
function fieldOf(path: string, name: string): string | null {
  return new RegExp(`^${name}:\\s*(.*)$`, "m").exec(readText(path) ?? "")?.[1] ?? null;
}

/** null: unlimited, or not known. */
function softLimit(name: string): number | null {
  const found = new RegExp(`^${name}\\s+(\\d+)`, "m").exec(
    readText("/proc/self/limits") ?? "",
  )?.[1];
  return found === undefined ? null : Number(found);
}
