import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { encodeLatency } from "../../results/encode-latency.js";
import type {
  Footer,
  Header,
  Latency,
  Measurement,
  Scenario,
  Trial,
} from "../../results/schema.js";
import { type Random, seededRandom } from "../../results/seeded-random.js";
import { isForced, PREPARATIONS } from "../../results/vocabulary.js";
import { type FixtureRun, headerOf } from "./fixture-header.js";

/**
 * Results files with made-up but plausible values, the same for the same seed, so that tests and
 * benchmarks of the analysis need no kernel. Nothing here is a measurement.
 */
export type { FixtureRun };

export type Line = Header | Trial | Footer;

export function scenariosOf(options: FixtureRun): Scenario[] {
  const scenarios: Scenario[] = [];
  for (const intervalNs of options.intervalsNs ?? [0]) {
    for (const preparation of options.preparations ?? PREPARATIONS) {
      for (const queueDepth of options.queueDepths ?? [1, 8, 32]) {
        for (const arm of options.arms ?? (preparation === "dd-prefill" ? BOTH_ARMS : ["inline"])) {
          const depth = arm === "psync" ? 1 : queueDepth;
          if (arm === "psync" && queueDepth !== (options.queueDepths ?? [1])[0]) continue;
          scenarios.push(scenario(preparation, arm as Scenario["arm"], depth, intervalNs, options));
        }
      }
    }
  }
  return scenarios;
}

const BOTH_ARMS = ["inline", "forced"] as const;

function scenario(
  preparation: Scenario["preparation"],
  arm: Scenario["arm"],
  queueDepth: number,
  intervalNs: number,
  options: FixtureRun,
): Scenario {
  const fileSizeBytes = (options.writes ?? 512) * 4096;
  return {
    preparation,
    arm,
    queueDepth,
    blockSizeBytes: 4096,
    fileSizeBytes,
    order: "sequential",
    intervalNs,
    registeredBuffers: true,
  };
}

/** Header, trials in rounds, footer. */
export function* fixtureLines(options: FixtureRun): Generator<Line> {
  const scenarios = scenariosOf(options);
  const rounds = options.rounds ?? 5;
  const seed = options.seed ?? 1;
  const random = seededRandom(seed);
  yield fixtureHeader(options, scenarios);
  for (let round = 0; round < rounds; round += 1) {
    for (const [position, cell] of scenarios.entries()) {
      yield fixtureTrial(cell, round, position, options, random);
    }
  }
  yield {
    type: "footer",
    finishedAt: "2026-01-01T00:10:00.000Z",
    outcome: "complete",
    reason: null,
    trials: scenarios.length * rounds,
    warnings: [],
  };
}

export function writeFixture(file: string, options: FixtureRun): string {
  mkdirSync(dirname(file), { recursive: true });
  const lines = [...fixtureLines(options)].map((line) => JSON.stringify(line));
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

export function fixtureHeader(options: FixtureRun, scenarios = scenariosOf(options)): Header {
  return headerOf(options, scenarios);
}

/** Extending and (on old kernels) unwritten extents punt; a punt costs a hand-off, a blocking wait and, beside others, a lock. */
function punts(cell: Scenario, options: FixtureRun): boolean {
  if (isForced(cell.arm)) return true;
  if (cell.arm !== "inline" && cell.arm !== "own-files") return false;
  if (cell.preparation === "no-fallocate" || cell.preparation === "keep-size") return true;
  return options.unwrittenPunts === true && cell.preparation !== "dd-prefill";
}

const FILESYSTEM_NS = {
  "no-fallocate": 34_000,
  "keep-size": 30_000,
  "fallocate-0": 12_000,
  "zero-range": 11_000,
  "dd-prefill": 0,
} as const;

export function fixtureTrial(
  cell: Scenario,
  round: number,
  position: number,
  options: FixtureRun,
  random: Random,
): Trial {
  const writes = options.writes ?? 512;
  const punted = punts(cell, options);
  const speed = Math.exp((options.noise ?? 0.04) * normal(random)) * (options.slowness ?? 1);
  const natural = punted && !isForced(cell.arm);
  const deviceNs = 45_000 / Math.min(cell.queueDepth, natural ? 1.4 : 5) ** 0.75;
  const serviceNs = (deviceNs + FILESYSTEM_NS[cell.preparation] + (punted ? 6_000 : 0)) * speed;
  const perWriteNs = Math.max(serviceNs, cell.intervalNs);
  const latencyNs = cell.intervalNs > 0 ? serviceNs : serviceNs * cell.queueDepth;
  const alone = cell.queueDepth === 1;
  const batched = !alone && !punted && cell.arm !== "unbatched";
  const base = (batched ? 6_000 : 9_000) + (natural ? 1_000 : 0);
  const submitter = (base + (punted ? 2_000 : FILESYSTEM_NS[cell.preparation] * 0.6)) * speed;
  const share = alone || cell.arm.endsWith("own-files") ? 0.6 : 0.9;
  const ioWq = punted ? (9_000 + FILESYSTEM_NS[cell.preparation] * share) * speed : 0;
  const first = cell.preparation !== "dd-prefill";
  const waits = cell.arm === "psync" || (first && (punted || cell.arm === "libaio"));
  const icount = options.instructionCounting === true;
  const trial = baseTrial(cell, round, position, writes);
  const measurement: Measurement = {
    ...(trial.measurement as Measurement),
    wallNs: icount ? null : perWriteNs * writes,
    latency: icount ? null : latencies(writes, latencyNs, punted, random),
    submitCall: icount ? null : stallsOf(options.stallNs),
    puntCount: punted ? writes : 0,
    puntCountForced: isForced(cell.arm) ? writes : 0,
    puntCountHashed: natural && options.unwrittenPunts ? writes : 0,
    workersPeak: punted ? Math.min(cell.queueDepth, 8) : 0,
    workersMean: punted ? Math.min(cell.queueDepth, 8) * 0.7 : 0,
    cpuNs: icount
      ? { submitter: null, ioWq: null, kernelWorkers: null, system: null }
      : {
          submitter: submitter * writes,
          ioWq: ioWq * writes,
          kernelWorkers: waits ? 0 : 500 * writes,
          system: (submitter + ioWq + 3_000) * writes,
        },
    instructions: icount
      ? {
          submitter: submitter * 3 * writes,
          ioWq: ioWq * 3 * writes,
          kernelWorkers: 500 * 3 * writes,
          system: (submitter + ioWq + 2_500) * 3 * writes,
        }
      : null,
  };
  return { ...trial, measurement };
}

function stallsOf(stallNs: number | undefined): Latency | null {
  return stallNs === undefined ? null : encodeLatency(new Float64Array(100).fill(stallNs));
}

function baseTrial(cell: Scenario, round: number, position: number, writes: number): Trial {
  const bytes = writes * cell.blockSizeBytes;
  const prefilled = cell.preparation === "dd-prefill";
  const measurement: Measurement = {
    writes,
    bytes,
    wallNs: null,
    latency: null,
    issueDelay: null,
    puntCount: null,
    puntCountForced: null,
    puntCountHashed: null,
    workersPeak: null,
    workersMean: null,
    workerSamples: 10,
    cpuNs: { submitter: null, ioWq: null, kernelWorkers: null, system: null },
    systemCpuSource: "stat",
    systemCpuResolutionNs: 10_000_000,
    instructions: null,
    contextSwitches: {
      submitter: { voluntary: 4, involuntary: 0 },
      ioWq: { voluntary: 1, involuntary: 0 },
    },
    ringEntries: 64,
    workerLimit: 8,
    submitNs: 3_000 * writes,
    waitNs: 9_000 * writes,
    submitCalls: writes,
    submitCall: null,
    waitCalls: writes,
    ringFlags: ["SINGLE_ISSUER"],
    extentsBefore: null,
    extentsAfter: null,
    preparationNs: prefilled ? bytes * 0.9 : bytes * 0.002,
    preparationBytesWritten: prefilled ? bytes : 0,
  };
  return {
    type: "trial",
    scenario: cell,
    round,
    position,
    startedAt: "2026-01-01T00:00:00.000Z",
    status: "ok",
    reason: null,
    seed: round,
    errors: [],
    predictedPuntRatio: null,
    measurement,
    warnings: [],
  };
}

function latencies(writes: number, medianNs: number, punted: boolean, random: Random) {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60e9,
    numberOfSignificantValueDigits: 3,
  });
  let minNs = Number.POSITIVE_INFINITY;
  let maxNs = 0;
  for (let write = 0; write < writes; write += 1) {
    const tail = punted && random() < 0.02 ? 12 : 1;
    const ns = Math.round(medianNs * Math.exp(0.2 * normal(random)) * tail);
    histogram.recordValue(ns);
    minNs = Math.min(minNs, ns);
    maxNs = Math.max(maxNs, ns);
  }
  return { histogram: encodeIntoCompressedBase64(histogram), minNs, maxNs };
}

/** Box-Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
