import { readdirSync, readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";
import { blockDeviceOf, deviceStack } from "./block-device.js";
import { device } from "./device.js";
import { mountOf } from "./mount.js";
import { SCRATCH_PREFIX } from "./scratch.js";

/** Another process of puntbench that has a scratch directory on the same disk. */
export interface OtherBench {
  pid: number;
  /** Its scratch directory. */
  location: string;
}

/**
 * Other runs on a disk of `directory`, as far as this user may see. Every run holds its scratch directory open, so
 * /proc shows it: no lock file is needed, and a killed run leaves nothing.
 */
export function otherBenches(directory: string): OtherBench[] {
  const own = disksOf(directory);
  return scratchDirectoriesOfOthers().filter(({ location }) =>
    disksOf(location).some((disk) => own.includes(disk)),
  );
}

/** @param directory without links. */
export function otherBenchWarnings(directory: string): string[] {
  return otherBenches(directory).map(
    ({ pid }) =>
      `puntbench with process id ${pid} uses the same disk: times and system CPU include its work`,
  );
}

function scratchDirectoriesOfOthers(): OtherBench[] {
  const program = basename(process.execPath);
  const pids = entries("/proc").filter((name) => /^\d+$/.test(name) && name !== `${process.pid}`);
  return pids
    .filter((pid) => basename(linkTarget(`/proc/${pid}/exe`)) === program)
    .flatMap((pid) => {
      const targets = entries(`/proc/${pid}/fd`).map((fd) => linkTarget(`/proc/${pid}/fd/${fd}`));
      const location = targets.find((target) => basename(target).startsWith(SCRATCH_PREFIX));
      return location === undefined ? [] : [{ pid: Number(pid), location }];
    });
}

/** The disks below a directory; the number of its filesystem where it has no block device that can be seen. */
function disksOf(directory: string): string[] {
  const mount = mountOf(directory);
  const number = mount === null ? null : blockDeviceOf(mount);
  const stack = deviceStack(number);
  const disks = stack.filter(({ kind }) => kind !== "dm" && kind !== "md").map(({ name }) => name);
  // A partition and its disk are one device; only the topmost one can be a partition without a stack.
  const whole = stack.length === 1 ? device(number).name : null;
  if (disks.length > 0) return [whole ?? "", ...disks].filter((name) => name !== "");
  try {
    return [`filesystem ${statSync(directory).dev}`];
  } catch {
    return [];
  }
}

/** None when the process is gone, or belongs to another user. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkTarget(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}
