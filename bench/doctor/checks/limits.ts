import { formatBytes } from "../../../terminal/units.js";
import { atLeast } from "../../rules/kernel-version.js";
import type { Facts } from "../facts.js";
import { type Finding, fine } from "../finding.js";

/** Node, the addon, 128 buffers and the latency arrays of a trial. */
const NEEDED_BYTES = 256 * 2 ** 20;
/** Threads of Node, and the io-wq workers of a deep queue. */
const NEEDED_TASKS = 160;
/** Rings of 128 entries; before Linux 5.12 they count as locked memory. */
const NEEDED_LOCKED_BYTES = 64 * 2 ** 10;

export function memory({ limits }: Facts): Finding {
  const { memoryAvailableBytes, cgroupMemory } = limits;
  const left = cgroupMemory === null ? null : cgroupMemory.limitBytes - cgroupMemory.usedBytes;
  const least = Math.min(
    memoryAvailableBytes ?? Number.POSITIVE_INFINITY,
    left ?? Number.POSITIVE_INFINITY,
  );
  const what =
    `memory available: ${memoryAvailableBytes === null ? "not known" : formatBytes(memoryAvailableBytes)}` +
    (left === null ? "" : `, ${formatBytes(Math.max(0, left))} left of the cgroup's limit`);
  if (least >= NEEDED_BYTES) return fine("memory", what);
  return {
    check: "memory",
    severity: "warning",
    what,
    why: "the kernel reclaims memory during writes, or kills the run",
    remedy: "Free memory, or raise the cgroup's memory.max.",
  };
}

export function tasks({ limits }: Facts): Finding {
  const { cgroupTasks, userProcesses } = limits;
  const left = Math.min(
    cgroupTasks === null ? Number.POSITIVE_INFINITY : cgroupTasks.limit - cgroupTasks.used,
    userProcesses ?? Number.POSITIVE_INFINITY,
  );
  if (left >= NEEDED_TASKS) return fine("tasks", "io-wq may make as many workers as it needs");
  return {
    check: "tasks",
    severity: "warning",
    what: `only ${left} more threads are allowed`,
    why: "io-wq cannot make the workers that it wants (pids.max, RLIMIT_NPROC), so punts queue up",
    remedy: "Raise the cgroup's pids.max or ulimit -u.",
  };
}

export function lockedMemory({ limits, kernel }: Facts): Finding {
  const limit = limits.lockedMemoryBytes;
  if (atLeast(kernel.version, 5, 12) || limit === null || limit >= NEEDED_LOCKED_BYTES) {
    return fine("locked-memory", "the limit of locked memory allows rings");
  }
  return {
    check: "locked-memory",
    severity: "warning",
    what: `only ${formatBytes(limit)} may be locked (RLIMIT_MEMLOCK)`,
    why: "before Linux 5.12 rings count as locked memory, so a deep one is refused",
    remedy: "ulimit -l unlimited, or run as root.",
  };
}

export function cpuset({ limits, kernel }: Facts): Finding {
  const { cpusAllowed, cpusOnline } = limits;
  if (cpusAllowed === null || cpusOnline === null || cpusAllowed === cpusOnline) {
    return fine("cpuset", "all CPUs may be used");
  }
  const what = `only CPUs ${cpusAllowed} of ${cpusOnline} may be used (cpuset or taskset)`;
  if (atLeast(kernel.version, 6, 12)) return fine("cpuset", `${what}; io-wq workers keep to them`);
  return {
    check: "cpuset",
    severity: "warning",
    what,
    why: "before Linux 6.12 io-wq workers ignore the cpuset (84eacf17), so punted writes get more CPUs than inline ones",
    remedy: "Measure without a restriction, or on 6.12 and newer.",
  };
}
