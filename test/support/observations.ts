import type { Observation } from "../../bench/watch/observation.js";
import type { Report } from "../../bench/watch/report.js";

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
    inlineLatencies: [[2048, 100]],
    puntedLatencies: [],
    workerCpuNs: 0,
    ...changes,
  };
}

export const NOTHING_LOST = {
  requests: 0,
  punts: 0,
  latencies: 0,
  unmatched: 0,
  stalls: 0,
  events: 0,
};

export function reportOf(observations: Observation[]): Report {
  return {
    seconds: 2,
    workers: { peak: 3, cpuNs: 1e9, processes: [] },
    kernelWorkers: null,
    stalls: [],
    sampled: 1,
    lost: NOTHING_LOST,
    dropped: { rows: 0, requests: 0 },
    observations,
  };
}
