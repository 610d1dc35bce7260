import type { Metric } from "../../results/metrics.js";

/** What is compared, in the order it is shown. */
export const COMPARED: readonly Metric[] = [
  "puntRatio",
  "iops",
  "latencyNsP50",
  "latencyNsP99",
  "cpuNs",
  "instructions",
];

/** These are exact under emulation, so they can be compared on any machine. */
export const COUNTS: ReadonlySet<Metric> = new Set<Metric>(["puntRatio", "instructions"]);
