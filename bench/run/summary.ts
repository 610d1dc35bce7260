import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { median } from "simple-statistics";
import type { Scenario, Trial } from "../../results/schema.js";

/** Medians over the ok trials of a scenario; null where nothing was measured. */
export interface ScenarioSummary extends Omit<Scenario, "fileSizeBytes" | "order"> {
  trials: number;
  failedTrials: number;
  skippedReason: string | null;
  puntRatio: number | null;
  predictedPuntRatio: number | null;
  puntsPerSecond: number | null;
  iops: number | null;
  latencyNsP50: number | null;
  latencyNsP99: number | null;
  issueDelayNsP50: number | null;
  cpuNsPerWrite: BySpender;
  /** Granularity of `cpuNsPerWrite.system`: 10 ms over the writes where only /proc/stat counts it. */
  systemCpuNsPerWriteResolution: number | null;
  instructionsPerWrite: BySpender | null;
  workersPeak: number | null;
}

interface BySpender {
  submitter: number | null;
  ioWq: number | null;
  system: number | null;
}

export function summarise(
  scenarios: readonly Scenario[],
  trials: readonly Trial[],
): ScenarioSummary[] {
  return scenarios.map((scenario) =>
    summaryOf(
      scenario,
      trials.filter((trial) => trial.scenario === scenario),
    ),
  );
}

function summaryOf(scenario: Scenario, all: readonly Trial[]): ScenarioSummary {
  const trials = all.filter((trial) => trial.status === "ok");
  const over = (value: (trial: Trial) => number | null) => medianOf(trials.map(value));
  const perWrite = (value: (trial: Trial) => number | null) =>
    over((trial) => ratio(value(trial), trial.writes));
  const instructions = trials.some((trial) => trial.instructions !== null);
  return {
    preparation: scenario.preparation,
    arm: scenario.arm,
    queueDepth: scenario.queueDepth,
    blockSizeBytes: scenario.blockSizeBytes,
    intervalNs: scenario.intervalNs,
    registeredBuffers: scenario.registeredBuffers,
    trials: trials.length,
    failedTrials: all.filter((trial) => trial.status === "failed").length,
    skippedReason: all.find((trial) => trial.status === "skipped")?.reason ?? null,
    puntRatio: perWrite((trial) => trial.puntCount),
    predictedPuntRatio: over((trial) => trial.predictedPuntRatio),
    puntsPerSecond: over((trial) => perSecond(trial.puntCount, trial.wallNs)),
    iops: over((trial) => perSecond(trial.writes, trial.wallNs)),
    latencyNsP50: over((trial) => percentile(trial.latency, 50)),
    latencyNsP99: over((trial) => percentile(trial.latency, 99)),
    issueDelayNsP50: over((trial) => percentile(trial.issueDelay, 50)),
    cpuNsPerWrite: {
      submitter: perWrite((trial) => trial.cpuNs.submitter),
      ioWq: perWrite((trial) => trial.cpuNs.ioWq),
      system: perWrite((trial) => trial.cpuNs.system),
    },
    systemCpuNsPerWriteResolution: perWrite((trial) => trial.systemCpuResolutionNs),
    instructionsPerWrite: instructions
      ? {
          submitter: perWrite((trial) => trial.instructions?.submitter ?? null),
          ioWq: perWrite((trial) => trial.instructions?.ioWq ?? null),
          system: perWrite((trial) => trial.instructions?.system ?? null),
        }
      : null,
    workersPeak: over((trial) => trial.workersPeak),
  };
}

/** null as soon as one trial lacks the value: a median of the rest would describe other trials. */
function medianOf(values: (number | null)[]): number | null {
  const measured = values.filter((value) => value !== null);
  return measured.length === 0 || measured.length < values.length ? null : median(measured);
}

function ratio(value: number | null, writes: number): number | null {
  return value === null || writes === 0 ? null : value / writes;
}

function perSecond(count: number | null, wallNs: number | null): number | null {
  return count === null || wallNs === null || wallNs === 0 ? null : (count / wallNs) * 1e9;
}

function percentile(latency: Trial["latency"], percent: number): number | null {
  if (latency === null) return null;
  return decodeFromCompressedBase64(latency.histogram).getValueAtPercentile(percent);
}
