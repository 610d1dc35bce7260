import { Worker } from "node:worker_threads";
import type { Chart } from "../charts/chart.js";
import { writeChart } from "./write-chart.js";

/**
 * Writes charts in a thread of its own while the report is still being put together, and helps it
 * along once `finish` is called. Layout and pixels are most of the work of a report.
 */
export class ChartWriter {
  readonly #waiting: Chart[] = [];
  readonly #worker: Worker;
  readonly #folder: string;
  #busy = false;
  #failure: Error | null = null;
  #idle: (() => void) | null = null;

  constructor(folder: string) {
    this.#folder = folder;
    this.#worker = new Worker(new URL("./chart-worker.js", import.meta.url), {
      workerData: folder,
    });
    this.#worker.on("message", (problem: string | null) => {
      if (problem !== null) this.#failure = new Error(problem);
      this.#busy = false;
      this.#next();
    });
    this.#worker.on("error", (error) => {
      this.#failure = error;
      this.#waiting.length = 0;
      this.#busy = false;
      this.#next();
    });
  }

  add(chart: Chart): void {
    this.#waiting.push(chart);
    if (!this.#busy) this.#next();
  }

  /** Resolves when all files are written. Throws what went wrong in drawing any of them. */
  async finish(): Promise<void> {
    for (let chart = this.#waiting.pop(); chart; chart = this.#waiting.pop()) {
      await writeChart(chart, this.#folder);
    }
    if (this.#busy) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.close();
    if (this.#failure) throw this.#failure;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #next(): void {
    const chart = this.#waiting.shift();
    if (chart) {
      this.#busy = true;
      this.#worker.postMessage(chart);
    } else this.#idle?.();
  }
}
