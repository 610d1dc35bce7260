import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Chart } from "../charts/spec.js";

/** Each thread holds its own copy of Vega, about 80 MB. */
const THREADS_MAX = 3;

/**
 * Writes charts in other threads while this one still puts the report together; `finish` lets this thread draw
 * too. Drawing is most of the work of a report.
 */
export class ChartWriter {
  readonly #waiting: Chart[] = [];
  readonly #folder: string;
  readonly #threads: Worker[];
  readonly #free: Worker[];
  #failure: Error | null = null;
  #wakeUp: () => void = () => {};

  /** @param folder must exist when the first chart is added. */
  constructor(folder: string) {
    this.#folder = folder;
    const count = Math.max(1, Math.min(THREADS_MAX, availableParallelism() - 1));
    this.#threads = Array.from({ length: count }, () => this.#started());
    this.#free = [...this.#threads];
  }

  add(chart: Chart): void {
    this.#waiting.push(chart);
    this.#handOut();
  }

  /** Resolves when all files are written. Throws what went wrong in drawing any of them. */
  async finish(): Promise<void> {
    // Vega takes long to load, so this thread loads it only when it has nothing else to do.
    const { writeChart } = await import("./write-chart.js");
    for (let chart = this.#waiting.pop(); chart; chart = this.#waiting.pop()) {
      await writeChart(chart, this.#folder);
    }
    while (this.#failure === null && this.#free.length < this.#threads.length) {
      await new Promise<void>((resolve) => (this.#wakeUp = resolve));
    }
    await this.close();
    if (this.#failure) throw this.#failure;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  #started(): Worker {
    const url = new URL("./chart-worker.js", import.meta.url);
    const thread = new Worker(url, { workerData: this.#folder });
    thread.on("message", (problem: string | null) => {
      if (problem !== null) this.#fail(new Error(problem));
      this.#free.push(thread);
      this.#handOut();
      this.#wakeUp();
    });
    thread.on("error", (error) => this.#fail(error));
    return thread;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting.length = 0;
    this.#wakeUp();
  }

  #handOut(): void {
    while (this.#waiting.length > 0 && this.#free.length > 0) {
      this.#free.pop()?.postMessage(this.#waiting.shift());
    }
  }
}
