import { parentPort, workerData } from "node:worker_threads";
import type { Chart } from "../charts/spec.js";
import { writeChart } from "./write-chart.js";

/** Entry of a drawing thread: it writes each chart it is sent. Its answer asks for the next one. */
parentPort?.on("message", async (chart: Chart) => {
  try {
    await writeChart(chart, workerData as string);
    parentPort?.postMessage(null);
  } catch (error) {
    parentPort?.postMessage(`${chart.name}: ${(error as Error).message}`);
  }
});
