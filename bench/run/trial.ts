import type { Driver, DriverError, Measurement, TrialRequest } from "../../native/index.js";
import type { Scenario, Trial } from "../../results/schema.js";
import { encodeLatency } from "./histogram.js";
import type { PredictedPunts } from "./predicted-punts.js";

/** Where a trial stands in its run. */
export interface TrialPlace {
  round: number;
  position: number;
  seed: number;
}

export interface TrialConditions {
  countPunts: boolean;
  /** The nowait probe's answer, where punts are not counted. */
  predictedPunts: PredictedPunts;
  /** The lab counts executed instructions instead of time: CPU figures are instructions, times mean nothing. */
  instructions: boolean;
}

/** Rest after fsync, so that journal and discards of the trial before have ended. */
const SETTLE_NS = 10_000_000;

export function requestOf(
  scenario: Scenario,
  path: string,
  seed: number,
  conditions: TrialConditions,
): TrialRequest {
  const { countPunts, instructions } = conditions;
  const settleNs = SETTLE_NS;
  return { ...scenario, path, seed, countPunts, settleNs, countWorkersOnce: instructions };
}

/** Runs one scenario once. Operating errors become a `failed` or `skipped` trial; an abort is thrown. */
export async function runTrial(
  driver: Driver,
  scenario: Scenario,
  path: string,
  place: TrialPlace,
  conditions: TrialConditions,
  signal: AbortSignal,
): Promise<Trial> {
  const startedAt = new Date().toISOString();
  const request = requestOf(scenario, path, place.seed, conditions);
  try {
    const measurement = await driver.runTrial(request, signal);
    const trial = {
      ...measuredTrial(scenario, place, startedAt, measurement),
      predictedPuntRatio: conditions.predictedPunts(scenario),
    };
    return conditions.instructions ? asInstructions(trial) : trial;
  } catch (error) {
    const { code, message, syscall } = error as DriverError;
    if (code === undefined || code === "ECANCELED") throw error;
    const unsupported = code === "EOPNOTSUPP" && syscall === "fallocate";
    return {
      ...emptyTrial(scenario, place, startedAt),
      status: unsupported ? "skipped" : "failed",
      reason: unsupported
        ? `this filesystem does not support ${scenario.preparation} (fallocate: EOPNOTSUPP)`
        : message,
      errors: unsupported ? [] : [{ code, count: 1 }],
    };
  }
}

function measuredTrial(
  scenario: Scenario,
  place: TrialPlace,
  startedAt: string,
  m: Measurement,
): Trial {
  return {
    ...emptyTrial(scenario, place, startedAt),
    status: m.firstError === null ? "ok" : "failed",
    reason:
      m.firstError === null
        ? null
        : `${m.shortWrite ? "short write" : m.firstError} after ${m.writes} writes`,
    writes: m.writes,
    bytes: m.writes * scenario.blockSizeBytes,
    errors: m.firstError === null ? [] : [{ code: m.firstError, count: m.failedWrites }],
    wallNs: m.wallNs,
    latency: encodeLatency(m.latencyNs),
    issueDelay: encodeLatency(m.issueDelayNs),
    puntCount: m.punts?.total ?? null,
    puntCountForced: m.punts?.forced ?? null,
    puntCountHashed: m.punts?.hashed ?? null,
    // An arm without a ring has no io-wq workers: that is known, so it is 0.
    workersPeak: m.workers?.peak ?? 0,
    workersMean: m.workers?.mean ?? 0,
    workerSamples: m.workers?.samples ?? 0,
    cpuNs: {
      submitter: m.submitterCpuNs,
      ioWq: m.workers?.cpuNs ?? 0,
      system: m.systemCpuNs,
    },
    systemCpuResolutionNs: m.systemCpuNs === null ? null : m.systemCpuResolutionNs,
    contextSwitches: { submitter: m.submitterSwitches, ioWq: m.workers?.switches ?? null },
    submitNs: m.submitNs,
    waitNs: m.waitNs,
    submitCalls: m.submitCalls,
    waitCalls: m.waitCalls,
    ringFlags: m.ringFlags === null ? [] : ringFlagNames(m.ringFlags),
    ringEntries: m.ringFlags === null ? null : m.ringEntries,
    workerLimit: m.workerLimit === 0 ? null : m.workerLimit,
    extentsBefore: m.extentsBefore,
    extentsAfter: m.extentsAfter,
    preparationNs: m.preparationNs,
    preparationBytesWritten: m.preparationBytesWritten,
  };
}

function emptyTrial(scenario: Scenario, place: TrialPlace, startedAt: string): Trial {
  return {
    type: "trial",
    scenario,
    ...place,
    startedAt,
    status: "failed",
    reason: null,
    writes: 0,
    bytes: 0,
    errors: [],
    wallNs: null,
    latency: null,
    issueDelay: null,
    puntCount: null,
    puntCountForced: null,
    puntCountHashed: null,
    predictedPuntRatio: null,
    workersPeak: null,
    workersMean: null,
    workerSamples: 0,
    cpuNs: { submitter: null, ioWq: null, system: null },
    systemCpuResolutionNs: null,
    instructions: null,
    contextSwitches: { submitter: null, ioWq: null },
    submitNs: null,
    waitNs: null,
    submitCalls: null,
    waitCalls: null,
    ringFlags: [],
    ringEntries: null,
    workerLimit: null,
    extentsBefore: null,
    extentsAfter: null,
    preparationNs: null,
    preparationBytesWritten: 0,
    warnings: [],
  };
}

/** Under `-icount shift=0` a nanosecond of guest CPU time is one executed instruction, and no time is one. */
function asInstructions(trial: Trial): Trial {
  return {
    ...trial,
    instructions: trial.cpuNs,
    cpuNs: { submitter: null, ioWq: null, system: null },
    wallNs: null,
    latency: null,
    issueDelay: null,
    submitNs: null,
    waitNs: null,
    preparationNs: null,
  };
}

// include/uapi/linux/io_uring.h; those that this driver may set.
const RING_FLAGS: Record<number, string> = {
  [1 << 8]: "COOP_TASKRUN",
  [1 << 12]: "SINGLE_ISSUER",
  [1 << 13]: "DEFER_TASKRUN",
};

function ringFlagNames(flags: number): string[] {
  return Object.entries(RING_FLAGS)
    .filter(([bit]) => (flags & Number(bit)) !== 0)
    .map(([, name]) => name);
}
