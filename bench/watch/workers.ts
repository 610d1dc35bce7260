import { readdirSync, readFileSync } from "node:fs";

/** The io-wq workers of all watched processes. */
export interface WorkerUse {
  /** Most workers at one look. */
  peak: number;
  /** CPU time in nanoseconds. A worker that ended between two looks takes the rest of its time with it: at least this. */
  cpuNs: number;
}

/** Adds up what io-wq workers use, from look to look. */
export class Workers {
  readonly #cpuNsOf = new Map<string, number>();
  #use: WorkerUse = { peak: 0, cpuNs: 0 };

  /** Reads the workers of these processes. Returns what was used since the last look. */
  look(processes: Iterable<number>): WorkerUse {
    let workers = 0;
    let cpuNs = 0;
    for (const process of processes) {
      for (const [worker, now] of workersOf(process)) {
        workers += 1;
        cpuNs += now - (this.#cpuNsOf.get(worker) ?? 0);
        this.#cpuNsOf.set(worker, now);
      }
    }
    this.#use = { peak: Math.max(this.#use.peak, workers), cpuNs: this.#use.cpuNs + cpuNs };
    return { peak: workers, cpuNs };
  }

  /** Forgets what was used so far: workers that already run count from now on. */
  start(processes: Iterable<number>): void {
    this.look(processes);
    this.#use = { peak: 0, cpuNs: 0 };
  }

  /** Since `start`. */
  total(): WorkerUse {
    return this.#use;
  }
}

/** CPU time of each io-wq worker of a process, in nanoseconds, by thread; none when the process has ended. */
function workersOf(process: number): [string, number][] {
  const folder = `/proc/${process}/task`;
  try {
    return readdirSync(folder).flatMap((task): [string, number][] => {
      const cpuNs = workerCpuNs(`${folder}/${task}`);
      return cpuNs === null ? [] : [[`${process} ${task}`, cpuNs]];
    });
  } catch {
    return [];
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
