import { readFileSync } from "node:fs";
import { allProcesses } from "./processes.js";

/**
 * What the kernel's own threads used, for all programs of this host. The kernel does not say for whom a kworker works, so
 * this is the most that they may have used for the watched programs.
 */
export interface KernelWorkerUse {
  cpuNs: number;
}

/** PF_KTHREAD of include/linux/sched.h. */
const KERNEL_THREAD = 0x0020_0000;

/** CPU time of the kernel's threads since it was made. A thread that has ended takes its time with it. */
export class KernelWorkers {
  readonly #before = cpuNsByThread();

  used(): KernelWorkerUse {
    let cpuNs = 0;
    for (const [thread, now] of cpuNsByThread()) cpuNs += now - (this.#before.get(thread) ?? 0);
    return { cpuNs };
  }
}

function cpuNsByThread(): Map<string, number> {
  const threads = new Map<string, number>();
  for (const id of allProcesses()) {
    try {
      const stat = readFileSync(`/proc/${id}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if ((Number(fields[6]) & KERNEL_THREAD) === 0) continue;
      const cpuNs = Number(readFileSync(`/proc/${id}/schedstat`, "utf8").split(" ")[0]);
      // With its start, because ids are used again.
      threads.set(`${id} ${fields[19]}`, cpuNs);
    } catch {
      // The thread has ended meanwhile.
    }
  }
  return threads;
}
