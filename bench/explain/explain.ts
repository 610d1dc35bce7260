import { rmSync, statfsSync } from "node:fs";
import { release } from "node:os";
import type { Driver, DriverError, TrialRequest } from "../../native/index.js";
import type { Explanation, Scenario } from "../../results/schema.js";
import type { Progress } from "../../terminal/progress.js";
import { mountOf } from "../environment/mount.js";
import { describe, type Stage } from "../run/run.js";
import { withTimeLimit } from "../run/time-limit.js";
import type { BackendName } from "./backends/backend.js";
import { observe } from "./observe.js";
import type { ExplainOptions } from "./options.js";
import { rawLines } from "./raw.js";
import { Recorder } from "./recorder.js";
import { summarise } from "./summary.js";

/** An explanation as `--json` prints it, with what results files do not hold. */
export interface ScenarioReport extends Explanation {
  /** With --raw: the recorded events, a line each. */
  events?: string[];
}

/** Field names are stable: they are those of `--json`. */
export interface ExplainReport {
  kernelLabel: string;
  kernelRelease: string;
  filesystem: string;
  mountOptions: readonly string[];
  filesystemBlockBytes: number;
  backend: BackendName;
  backendWhat: string;
  /** What this kernel does not show. */
  cannotSee: string[];
  scenarios: ScenarioReport[];
}

const SETTLE_NS = 10_000_000;

/**
 * Runs every scenario once with tracing on; what was seen goes into the results file. Leaves no file, buffer or
 * probe behind, whichever way it ends.
 */
export async function explain(
  { driver, scratch, append }: Stage,
  { bench, scenarios, backend: wanted, raw }: ExplainOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<ExplainReport> {
  const mount = mountOf(scratch.path);
  const recorder = await Recorder.open(driver, wanted, progress.milestone, signal);
  const { backend } = recorder;
  try {
    progress.milestone(`observed with ${backend.what}, ${scenarios.length} traced trials`);
    const reports: ScenarioReport[] = [];
    for (const scenario of scenarios) {
      signal.throwIfAborted();
      progress.step(`${reports.length + 1}/${scenarios.length} traced  ${describe(scenario)}`);
      const path = scratch.file(`explain-${reports.length}`);
      const request = requestOf(scenario, path, bench.seed);
      const run = (limited: AbortSignal) =>
        explained(driver, recorder, request, scenario, raw, limited);
      const { explanation, events } = await withTimeLimit(
        run,
        bench.trialTimeoutMs,
        `a trial of ${describe(scenario)}`,
        signal,
      );
      append(explanation);
      reports.push(raw ? { ...explanation, events } : explanation);
    }
    return {
      kernelLabel: bench.kernelLabel,
      kernelRelease: release(),
      filesystem: mount?.type ?? "unknown",
      mountOptions: mount?.options ?? [],
      filesystemBlockBytes: statfsSync(scratch.path).bsize,
      backend: backend.name,
      backendWhat: backend.what,
      cannotSee: backend.cannotSee,
      scenarios: reports,
    };
  } finally {
    recorder.remove();
    progress.done();
  }
}

async function explained(
  driver: Driver,
  recorder: Recorder,
  request: TrialRequest,
  scenario: Scenario,
  raw: boolean,
  signal: AbortSignal,
): Promise<{ explanation: Explanation; events: string[] }> {
  const { name: backend, cannotSee } = recorder.backend;
  const told = { type: "explanation", scenario, backend, cannotSee } as const;
  try {
    await driver.runTrial({ ...request, prepareOnly: true, keepFile: true }, signal);
    const stream = await observe(driver, recorder, request, { freshInode: false }, signal);
    return {
      explanation: { ...told, skippedReason: null, ...summarise(stream) },
      events: raw ? rawLines(stream.recording) : [],
    };
  } catch (error) {
    const { code, syscall } = error as DriverError;
    if (syscall !== "fallocate" || code !== "EOPNOTSUPP") throw error;
    const skippedReason = "the filesystem lacks this preparation";
    return { explanation: { ...told, skippedReason, ...summarise(null) }, events: [] };
  } finally {
    rmSync(request.path, { force: true });
  }
}

function requestOf(scenario: Scenario, path: string, seed: number): TrialRequest {
  // Punts are counted by the trace; a second counter would only cost.
  return { ...scenario, path, seed, settleNs: SETTLE_NS, countPunts: false };
}
