import { readdirSync, readFileSync } from "node:fs";

/** The io-wq workers of watched processes. */
export interface WorkerUse {
  /** Most workers at one look. */
  peak: number;
  /** CPU time in nanoseconds. A worker that ended between two looks takes the rest of its time with it: at least this. */
  cpuNs: number;
  /** Of `cpuNs`, by process; without processes that used none. */
  processes: { process: number; cpuNs: number }[];
}

/** Adds up what io-wq workers use, from look to look. */
export class Workers {
  /** By process and worker. */
  readonly #cpuNsOf = new Map<number, Map<string, number>>();
  #used = new Map<number, number>();
  #peak = 0;

  /** Reads the workers of these processes. Returns what was used since the last look. */
  look(processes: Iterable<number>): WorkerUse {
    let workers = 0;
    const used = new Map<number, number>();
    for (const process of processes) {
      const before = this.#cpuNsOf.get(process);
      const now = workersOf(process);
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
}

function useOf(peak: number, used: ReadonlyMap<number, number>): WorkerUse {
  const processes = [...used].map(([process, cpuNs]) => ({ process, cpuNs }));
  return { peak, cpuNs: processes.reduce((sum, { cpuNs }) => sum + cpuNs, 0), processes };
}

/** CPU time of each io-wq worker of a process, in nanoseconds, by thread; none when the process has ended. */
function workersOf(process: number): Map<string, number> {
  const folder = `/proc/${process}/task`;
  const workers = new Map<string, number>();
  try {
    for (const task of readdirSync(folder)) {
      const cpuNs = workerCpuNs(`${folder}/${task}`);
      if (cpuNs !== null) workers.set(task, cpuNs);
    }
  } catch {
    // The process has ended.
  }
  return workers;
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
