import type { Observation } from "../../bench/watch/observation.js";
import type { Report } from "../../bench/watch/print.js";

/** 100 inline writes of 4 KiB to one file in two seconds. */
export function observation(changes: Partial<Observation>): Observation {
  return {
    process: 42,
    processName: "db",
    rings: 1,
    file: "/data/a",
    operation: "write",
    requests: 100,
    requestsPerSecond: 50,
    bytesPerRequest: 4096,
    failed: 0,
    punts: 0,
    forced: 0,
    drained: 0,
    chained: 0,
    causes: [],
    inlineNsP99: 2048,
    puntedNsP99: null,
    ...changes,
  };
}

export const NOTHING_LOST = { requests: 0, punts: 0, latencies: 0, unmatched: 0, events: 0 };

export function reportOf(observations: Observation[]): Report {
  const workers = { peak: 3, cpuNs: 1e9 };
  return { seconds: 2, workers, lost: NOTHING_LOST, observations };
}
