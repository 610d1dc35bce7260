import { median } from "simple-statistics";
import { HistogramReader, histogramQuantiles } from "../../results/histogram.js";
import { type Metric, metricsOf } from "../../results/metrics.js";
import { variantWords } from "../../results/scenario.js";
import type { BySpender, Latency, Measurement, Scenario, Trial } from "../../results/schema.js";

/** Medians over the ok trials of a scenario; null where nothing was measured. */
export interface ScenarioSummary extends Omit<Scenario, "fileSizeBytes"> {
  /** What each request is, "read, buffered"; null: a plain O_DIRECT write. */
  stream: string | null;
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
  stallNsP99: number | null;
  stallNsMax: number | null;
  /** `kernelWorkersIdle`: what kernel workers spend at rest in the time of a write. It is not subtracted. */
  cpuNsPerWrite: BySpender & { kernelWorkersIdle: number | null };
  /** Granularity of `cpuNsPerWrite.system`: 10 ms over the writes where only /proc/stat counts it. */
  systemCpuNsPerWriteResolution: number | null;
  instructionsPerWrite: BySpender | null;
  workersPeak: number | null;
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
  const metrics = trials.map((trial) => metricsOf(trial, trial.measurement as Measurement).values);
  const over = (metric: Metric) => medianOf(metrics.map((values) => values[metric]));
  const instructions = {
    submitter: over("instructionsSubmitter"),
    ioWq: over("instructionsIoWq"),
    kernelWorkers: over("instructionsKernelWorkers"),
    system: over("instructionsSystem"),
  };
  return {
    preparation: scenario.preparation,
    arm: scenario.arm,
    queueDepth: scenario.queueDepth,
    blockSizeBytes: scenario.blockSizeBytes,
    order: scenario.order,
    intervalNs: scenario.intervalNs,
    registeredBuffers: scenario.registeredBuffers,
    stream: variantWords(scenario).join(", ") || null,
    trials: trials.length,
    failedTrials: all.filter((trial) => trial.status === "failed").length,
    skippedReason: all.find((trial) => trial.status === "skipped")?.reason ?? null,
    puntRatio: over("puntRatio"),
    predictedPuntRatio: over("predictedPuntRatio"),
    puntsPerSecond: over("puntsPerSecond"),
    iops: over("iops"),
    latencyNsP50: over("latencyNsP50"),
    latencyNsP99: over("latencyNsP99"),
    issueDelayNsP50: medianOf(trials.map(({ measurement }) => delayP50(measurement?.issueDelay))),
    stallNsP99: over("stallNsP99"),
    stallNsMax: over("stallNsMax"),
    cpuNsPerWrite: {
      submitter: over("cpuNsSubmitter"),
      ioWq: over("cpuNsIoWq"),
      kernelWorkers: over("cpuNsKernelWorkers"),
      kernelWorkersIdle: over("cpuNsKernelWorkersIdle"),
      system: over("cpuNsSystem"),
    },
    systemCpuNsPerWriteResolution: medianOf(
      trials.map(({ measurement }) => {
        const { systemCpuResolutionNs, writes } = measurement as Measurement;
        return (systemCpuResolutionNs ?? Number.NaN) / writes;
      }),
    ),
    instructionsPerWrite: trials.some(({ measurement }) => measurement?.instructions)
      ? instructions
      : null,
    workersPeak: over("workersPeak"),
  };
}

/** null as soon as one trial lacks the value: a median of the rest would describe other trials. */
function medianOf(values: readonly number[]): number | null {
  return values.length === 0 || values.some(Number.isNaN) ? null : median([...values]);
}

function delayP50(delay: Latency | null | undefined): number {
  if (!delay) return Number.NaN;
  const histogram = new HistogramReader().decode(delay.histogram);
  return histogramQuantiles(histogram, [0.5])[0] as number;
}
