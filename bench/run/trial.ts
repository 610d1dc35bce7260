import type { Driver, DriverError, DriverMeasurement } from "../../native/index.js";
import { encodeLatency } from "../../results/encode-latency.js";
import { describeScenario } from "../../results/scenario.js";
import type { Scenario, Trial } from "../../results/schema.js";
import type { Ring } from "../../results/vocabulary.js";
import { plural } from "../../terminal/plural.js";
import { formatNs } from "../../terminal/units.js";
import type { PredictedPunts } from "./predicted-punts.js";

/** Where a trial stands in its run. */
export interface TrialPlace {
  round: number;
  position: number;
  seed: number;
}

export interface TrialContext {
  driver: Driver;
  countPunts: boolean;
  /** The nowait probe's answer, where punts are not counted. */
  predictedPunts: PredictedPunts;
  /** The lab counts executed instructions instead of time: CPU figures are instructions, times mean nothing. */
  instructions: boolean;
  ring: Ring;
  /** Why a scenario's file is smaller than its duration needs. */
  limits: ReadonlyMap<Scenario, string>;
  signal: AbortSignal;
}

/** Rest after fsync, so that the journal and the discards of the previous trial are done. */
const SETTLE_NS = 50_000_000;

/** Runs one scenario once. Operating errors become a `failed` or `skipped` trial; an abort is thrown. */
export async function runTrial(
  context: TrialContext,
  scenario: Scenario,
  path: string,
  place: TrialPlace,
): Promise<Trial> {
  const { driver, countPunts, instructions, signal } = context;
  const startedAt = new Date().toISOString();
  const request = {
    ring: context.ring,
    ...scenario,
    path,
    seed: place.seed,
    countPunts,
    settleNs: SETTLE_NS,
    countWorkersOnce: instructions,
    // Where instructions are counted, times mean nothing.
    durationNs: instructions ? 0 : (scenario.durationNs ?? 0),
  };
  try {
    const trial = {
      ...measuredTrial(scenario, place, startedAt, await driver.runTrial(request, signal)),
      predictedPuntRatio: context.predictedPunts(scenario),
    };
    if (instructions) return asInstructions(trial);
    return { ...trial, warnings: [...trial.warnings, ...tooShort(trial, context.limits)] };
  } catch (error) {
    const { code, message, syscall } = error as DriverError;
    // The driver says only that it was cancelled: the reason is what the reader needs.
    if (code === "ECANCELED") signal.throwIfAborted();
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
  raw: DriverMeasurement,
): Trial {
  const {
    submitterTid,
    failedWrites,
    firstError,
    shortWrite,
    latencyNs,
    issueDelayNs,
    submitCallNs,
    warnings,
    ...measured
  } = raw;
  return {
    ...emptyTrial(scenario, place, startedAt),
    status: firstError === null ? "ok" : "failed",
    reason:
      firstError === null
        ? null
        : `${shortWrite ? "short write" : firstError} after ${plural(measured.writes + (measured.ramp?.writes ?? 0), "write")}`,
    errors: firstError === null ? [] : [{ code: firstError, count: failedWrites }],
    warnings: [...warnings, ...poolWarning(raw)],
    measurement: {
      ...measured,
      latency: encodeLatency(latencyNs),
      issueDelay: encodeLatency(issueDelayNs),
      submitCall: encodeLatency(submitCallNs),
      instructions: null,
    },
  };
}

/** Natural punts stay within the limit. Other punts would be compared with another pool of workers. */
function poolWarning({ workersPeak, workerLimit }: DriverMeasurement): string[] {
  if (workersPeak === null || workerLimit === null || workersPeak <= workerLimit) return [];
  return [
    `${workersPeak} io-wq workers where ${workerLimit} bounded ones are allowed: forced punts used another pool than natural ones, so the cost is not taken apart`,
  ];
}

/** A trial that has not measured anything yet. */
function emptyTrial(scenario: Scenario, place: TrialPlace, startedAt: string): Trial {
  return {
    type: "trial",
    scenario,
    ...place,
    startedAt,
    status: "failed",
    reason: null,
    errors: [],
    predictedPuntRatio: null,
    measurement: null,
    warnings: [],
  };
}

/** Under `-icount shift=0` a nanosecond of guest CPU time is one executed instruction, and no time is one. */
function asInstructions(trial: Trial): Trial {
  if (trial.measurement === null) return trial;
  return {
    ...trial,
    measurement: {
      ...trial.measurement,
      instructions: trial.measurement.cpuNs,
      cpuNs: { submitter: null, ioWq: null, kernelWorkers: null, system: null },
      kernelWorkersIdle: null,
      wallNs: null,
      latency: null,
      issueDelay: null,
      submitCall: null,
      submitNs: null,
      waitNs: null,
      preparationNs: null,
    },
  };
}

/** A warning where a trial did not last as long as it should, with the reason. */
function tooShort(
  { scenario, status, measurement }: Trial,
  limits: TrialContext["limits"],
): string[] {
  const { durationNs } = scenario;
  const lastedNs = measurement?.wallNs ?? null;
  if (durationNs === undefined || status !== "ok" || lastedNs === null) return [];
  if (lastedNs >= durationNs) return [];
  const because = limits.get(scenario) ?? "it wrote faster than when its file was sized";
  return [
    `${describeScenario(scenario)}: a trial lasted less than ${formatNs(durationNs)}, because ${because}`,
  ];
}
