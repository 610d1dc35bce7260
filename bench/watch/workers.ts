import { readdirSync, readFileSync } from "node:fs";
import { dropOldest } from "./drop-oldest.js";

/** The io-wq workers of watched processes. */
export interface WorkerUse {
  /** Most workers at one look. */
  peak: number;
  /** CPU time in nanoseconds. A worker that ended between two looks takes the rest of its time with it: at least this. */
  cpuNs: number;
  /** Of `cpuNs`, by process; without processes that used none. */
  processes: { process: number; cpuNs: number }[];
}

/** A worker has its name only since it first ran: a thread is no worker that had another name at so many looks. */
const LOOKS_TO_KNOW = 2;
const MOST_PROCESSES = 4096;

/** Adds up what io-wq workers use, from look to look. */
export class Workers {
  /** By process and worker. */
  readonly #cpuNsOf = new Map<number, Map<string, number>>();
  /** Threads that are no workers, and at how many looks. */
  readonly #others = new Map<number, Map<string, number>>();
  #used = new Map<number, number>();
  #peak = 0;

  /** Reads the workers of these processes. Returns what was used since the last look. */
  look(processes: Iterable<number>): WorkerUse {
    let workers = 0;
    const used = new Map<number, number>();
    for (const process of processes) {
      const before = this.#cpuNsOf.get(process);
      const now = this.#workersOf(process);
      if (now.size > 0) this.#cpuNsOf.set(process, now);
      else this.#cpuNsOf.delete(process);
      workers += now.size;
      let cpuNs = 0;
      for (const [worker, total] of now) cpuNs += total - (before?.get(worker) ?? 0);
      if (cpuNs > 0) used.set(process, cpuNs);
    }
    this.#peak = Math.max(this.#peak, workers);
    for (const [process, cpuNs] of used) {
      this.#used.set(process, (this.#used.get(process) ?? 0) + cpuNs);
    }
    return useOf(workers, used);
  }

  /** Forgets what was used so far: workers that already run count from now on. */
  start(processes: Iterable<number>): void {
    this.look(processes);
    this.#used = new Map();
    this.#peak = 0;
  }

  /** Since `start`. */
  total(): WorkerUse {
    return useOf(this.#peak, this.#used);
  }

  /** CPU time of each io-wq worker of a process, in nanoseconds, by thread; none when the process has ended. */
  #workersOf(process: number): Map<string, number> {
    const workers = new Map<string, number>();
    const othersBefore = this.#others.get(process);
    const others = new Map<string, number>();
    for (const task of threadsOf(process)) {
      const looks = othersBefore?.get(task) ?? 0;
      const cpuNs = looks >= LOOKS_TO_KNOW ? null : workerCpuNs(`/proc/${process}/task/${task}`);
      if (cpuNs === null) others.set(task, looks + 1);
      else workers.set(task, cpuNs);
    }
    this.#others.delete(process);
    this.#others.set(process, others);
    dropOldest(this.#others, MOST_PROCESSES);
    return workers;
  }
}

function useOf(peak: number, used: ReadonlyMap<number, number>): WorkerUse {
  const processes = [...used].map(([process, cpuNs]) => ({ process, cpuNs }));
  return { peak, cpuNs: processes.reduce((sum, { cpuNs }) => sum + cpuNs, 0), processes };
}

function threadsOf(process: number): string[] {
  try {
    return readdirSync(`/proc/${process}/task`);
  } catch {
    return []; // The process has ended.
  }
}

/** null for other threads and those that have ended. */
function workerCpuNs(folder: string): number | null {
  try {
    if (!readFileSync(`${folder}/comm`, "utf8").startsWith("iou-wrk-")) return null;
    return Number(readFileSync(`${folder}/schedstat`, "utf8").split(" ")[0]);
  } catch {
    return null;
  }
}
