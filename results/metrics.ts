import { type Histogram, HistogramReader, histogramQuantiles } from "./histogram.js";
import type { BySpender, Latency, Measurement, Trial } from "./schema.js";

/**
 * What one trial says, per write where that is what compares. NaN: not measured (null in the file).
 * The names carry their units; `METRICS` carries words and unit for people.
 */
export const METRICS = {
  puntRatio: { title: "punts per write", unit: "1", better: "lower" },
  puntsPerSecond: { title: "punts per second", unit: "1/s", better: "lower" },
  hashedRatio: { title: "serialised share of punts", unit: "1", better: "lower" },
  predictedPuntRatio: { title: "predicted punts per write", unit: "1", better: "lower" },
  iops: { title: "IOPS", unit: "1/s", better: "higher" },
  latencyNsP50: { title: "latency p50", unit: "ns", better: "lower" },
  latencyNsP90: { title: "latency p90", unit: "ns", better: "lower" },
  latencyNsP99: { title: "latency p99", unit: "ns", better: "lower" },
  latencyNsP999: { title: "latency p99.9", unit: "ns", better: "lower" },
  cpuNs: { title: "CPU per write", unit: "ns", better: "lower" },
  cpuNsSubmitter: { title: "CPU per write, submitter", unit: "ns", better: "lower" },
  cpuNsProcess: { title: "CPU per write without kernel workers", unit: "ns", better: "lower" },
  cpuNsKernelWorkers: { title: "CPU per write, kernel workers", unit: "ns", better: "lower" },
  cpuNsKernelWorkersIdle: {
    title: "CPU in the time of a write, kernel workers at rest",
    unit: "ns",
    better: "lower",
  },
  cpuNsIoWq: { title: "CPU per write, io-wq", unit: "ns", better: "lower" },
  cpuNsSystem: { title: "CPU per write, whole system", unit: "ns", better: "lower" },
  cpuNsRest: { title: "CPU per write, rest of the system", unit: "ns", better: "lower" },
  instructions: { title: "instructions per write", unit: "1", better: "lower" },
  instructionsProcess: {
    title: "instructions per write without kernel workers",
    unit: "1",
    better: "lower",
  },
  instructionsKernelWorkers: {
    title: "instructions per write, kernel workers",
    unit: "1",
    better: "lower",
  },
  instructionsSubmitter: { title: "instructions per write, submitter", unit: "1", better: "lower" },
  instructionsIoWq: { title: "instructions per write, io-wq", unit: "1", better: "lower" },
  instructionsSystem: { title: "instructions per write, system", unit: "1", better: "lower" },
  instructionsRest: { title: "instructions per write, rest", unit: "1", better: "lower" },
  workersPeak: { title: "io-wq workers, peak", unit: "1", better: "lower" },
  workersPeakOfLimit: { title: "io-wq workers, peak over limit", unit: "1", better: "lower" },
  workersMean: { title: "io-wq workers, mean", unit: "1", better: "lower" },
  contextSwitches: { title: "context switches per write", unit: "1", better: "lower" },
  submitNs: { title: "time inside submission per write", unit: "ns", better: "lower" },
  stallNsP99: { title: "stall of the submitter p99", unit: "ns", better: "lower" },
  stallNsMax: { title: "longest stall of the submitter", unit: "ns", better: "lower" },
  issueDelayNsP99: { title: "delay of issue p99", unit: "ns", better: "lower" },
  preparationNsPerGib: { title: "preparation time per GiB", unit: "ns", better: "lower" },
} as const satisfies Record<string, { title: string; unit: string; better: "lower" | "higher" }>;

export type Metric = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as Metric[];

export interface TrialMetrics {
  values: Record<Metric, number>;
  /** Valid until the next trial is measured. */
  latency: Histogram | null;
  /** A histogram that could not be decoded, in words. */
  warning: string | null;
}

const LATENCY_SHARES = [0.5, 0.9, 0.99, 0.999];
const BYTES_PER_GIB = 2 ** 30;

const latencyReader = new HistogramReader();
const delayReader = new HistogramReader();
const stallReader = new HistogramReader();

/** Only for trials with status `ok`. */
export function metricsOf(trial: Trial, measurement: Measurement): TrialMetrics {
  const { writes } = measurement;
  const latency = decoded(measurement.latency, latencyReader);
  const delay = decoded(measurement.issueDelay, delayReader);
  const stall = decoded(measurement.submitCall, stallReader);
  const wallSeconds = (measurement.wallNs ?? Number.NaN) / 1e9;
  const perWrite = (amount: number | null): number => (amount ?? Number.NaN) / writes;
  const quantiles = latency.histogram ? histogramQuantiles(latency.histogram, LATENCY_SHARES) : [];
  const [p50 = Number.NaN, p90 = Number.NaN, p99 = Number.NaN, p999 = Number.NaN] = quantiles;
  const { contextSwitches } = measurement;
  const cpuNs = spending(trial, measurement.cpuNs, writes);
  const instructions = spending(trial, measurement.instructions, writes);
  const values: Record<Metric, number> = {
    puntRatio: puntsPerWrite(measurement),
    puntsPerSecond: (measurement.puntCount ?? Number.NaN) / wallSeconds,
    hashedRatio: measurement.puntCount
      ? (measurement.puntCountHashed ?? Number.NaN) / measurement.puntCount
      : Number.NaN,
    predictedPuntRatio: trial.predictedPuntRatio ?? Number.NaN,
    iops: writes / wallSeconds,
    latencyNsP50: p50,
    latencyNsP90: p90,
    latencyNsP99: p99,
    latencyNsP999: p999,
    cpuNs: cpuNs.all,
    cpuNsProcess: cpuNs.process,
    cpuNsSubmitter: cpuNs.submitter,
    cpuNsIoWq: cpuNs.ioWq,
    cpuNsKernelWorkers: cpuNs.kernelWorkers,
    cpuNsKernelWorkersIdle: idleKernelWorkers(measurement) * (wallSeconds / writes),
    cpuNsSystem: cpuNs.system,
    cpuNsRest: cpuNs.rest,
    instructions: instructions.all,
    instructionsProcess: instructions.process,
    instructionsSubmitter: instructions.submitter,
    instructionsIoWq: instructions.ioWq,
    instructionsKernelWorkers: instructions.kernelWorkers,
    instructionsSystem: instructions.system,
    instructionsRest: instructions.rest,
    workersPeak: measurement.workersPeak ?? Number.NaN,
    workersPeakOfLimit: peakOfLimit(measurement),
    workersMean: measurement.workersMean ?? Number.NaN,
    contextSwitches:
      perWrite(switches(contextSwitches.submitter)) + perWrite(switches(contextSwitches.ioWq)),
    submitNs: perWrite(measurement.submitNs),
    stallNsP99: p99Of(stall.histogram),
    stallNsMax: measurement.submitCall?.maxNs ?? Number.NaN,
    issueDelayNsP99: p99Of(delay.histogram),
    preparationNsPerGib:
      ((measurement.preparationNs ?? Number.NaN) / trial.scenario.fileSizeBytes) * BYTES_PER_GIB,
  };
  const warning = latency.warning ?? delay.warning ?? stall.warning;
  return { values, latency: latency.histogram, warning };
}

/** CPU ns per second of kernel workers while nobody writes. They may do as much beside the writes of a trial. */
function idleKernelWorkers({ kernelWorkersIdle }: Measurement): number {
  return kernelWorkersIdle
    ? kernelWorkersIdle.cpuNs / (kernelWorkersIdle.wallNs / 1e9)
    : Number.NaN;
}

function p99Of(histogram: Histogram | null): number {
  return histogram ? (histogramQuantiles(histogram, [0.99])[0] as number) : Number.NaN;
}

/** Punts per write of an ok trial; null where punts were not counted. */
export function puntRatioOf({ status, measurement }: Trial): number | null {
  if (status !== "ok" || measurement === null || measurement.puntCount === null) return null;
  return puntsPerWrite(measurement);
}

/**
 * A write is punted while it is submitted. So the writes that were under way when the ramp ended had theirs in it. An fsync
 * that is linked behind a write always runs in a worker, which says nothing of the write.
 */
function puntsPerWrite({ puntCount, puntCountFsyncs, writesIssued, writes }: Measurement): number {
  const ofWrites =
    puntCountFsyncs === undefined ? puntCount : (puntCount ?? 0) - (puntCountFsyncs ?? Number.NaN);
  return (ofWrites ?? Number.NaN) / (writesIssued ?? writes);
}

/** Per write. What one spender lacks, a sum with it lacks too. */
function spending(trial: Trial, by: BySpender | null, writes: number) {
  const perWrite = (amount: number | null | undefined): number => (amount ?? Number.NaN) / writes;
  const submitter = perWrite(by?.submitter);
  const ioWq = by && withoutRing(trial) ? perWrite(by.ioWq ?? 0) : perWrite(by?.ioWq);
  const kernelWorkers = perWrite(by?.kernelWorkers);
  const system = perWrite(by?.system);
  const process = submitter + ioWq;
  const all = process + kernelWorkers;
  return { submitter, ioWq, kernelWorkers, system, process, all, rest: system - all };
}

/** Above 1: workers came from a pool that natural punts do not use. */
function peakOfLimit({ workersPeak, workerLimit }: Measurement): number {
  return (workersPeak ?? Number.NaN) / (workerLimit ?? Number.NaN);
}

/** These arms have no ring, so no io-wq worker whose time could be missing. */
function withoutRing(trial: Trial): boolean {
  return trial.scenario.arm === "psync" || trial.scenario.arm === "libaio";
}

function switches(count: { voluntary: number; involuntary: number } | null): number | null {
  return count && count.voluntary + count.involuntary;
}

function decoded(
  latency: Latency | null,
  reader: HistogramReader,
): { histogram: Histogram | null; warning: string | null } {
  if (!latency) return { histogram: null, warning: null };
  try {
    return { histogram: reader.decode(latency.histogram), warning: null };
  } catch (error) {
    return { histogram: null, warning: (error as Error).message };
  }
}
