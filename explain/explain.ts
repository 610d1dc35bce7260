import { rmSync, statfsSync } from "node:fs";
import { release } from "node:os";
import { checkQueueDepths, checkSpace } from "../bench/preflight.js";
import { describe } from "../bench/run.js";
import { withTimeLimit } from "../bench/time-limit.js";
import { checkBlockSize, directIoAlignment } from "../environment/direct-io.js";
import { mountOf } from "../environment/mount.js";
import type { ScratchDirectory } from "../environment/scratch.js";
import type { Driver, DriverError, TrialRequest } from "../native/index.js";
import type { Scenario } from "../results/schema.js";
import type { Progress } from "../terminal/progress.js";
import type { BackendName } from "./backends/backend.js";
import { observe } from "./observe.js";
import type { ExplainOptions } from "./options.js";
import { rawLines } from "./raw.js";
import { Recorder } from "./recorder.js";
import { type StreamSummary, summarise } from "./summary.js";

/** Field names are stable: they are those of `--json`. */
export interface ScenarioReport extends StreamSummary {
  scenario: Scenario;
  /** Why the scenario cannot be run here; its counts are then 0. null: it was run. */
  skippedReason: string | null;
  /** With --raw: the recorded events, a line each. */
  events?: string[];
}

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

/** Runs every scenario once with tracing on. Leaves no file, buffer or probe behind, whichever way it ends. */
export async function explain(
  driver: Driver,
  options: ExplainOptions,
  scratch: ScratchDirectory,
  progress: Progress,
  signal: AbortSignal,
): Promise<ExplainReport> {
  const { bench, scenarios } = options;
  const mount = mountOf(scratch.path);
  checkQueueDepths(scenarios);
  checkBlockSize(
    bench.blockSizeBytes,
    directIoAlignment(driver, scratch, mount?.type ?? "unknown filesystem"),
  );
  checkSpace(scratch, scenarios, bench.maxSpaceBytes);
  const recorder = new Recorder(driver, options.backend);
  try {
    progress.milestone(`observed with ${recorder.backendWhat}, ${scenarios.length} trials to run`);
    const reports: ScenarioReport[] = [];
    for (const scenario of scenarios) {
      signal.throwIfAborted();
      progress.step(`${reports.length + 1}/${scenarios.length} trials  ${describe(scenario)}`);
      const path = scratch.file(`explain-${reports.length}`);
      const request = requestOf(scenario, path, bench.seed);
      const run = (limited: AbortSignal) =>
        explained(driver, recorder, request, scenario, options.raw, limited);
      reports.push(
        await withTimeLimit(run, bench.trialTimeoutMs, `a trial of ${describe(scenario)}`, signal),
      );
    }
    return {
      kernelLabel: bench.kernelLabel,
      kernelRelease: release(),
      filesystem: mount?.type ?? "unknown",
      mountOptions: mount?.options ?? [],
      filesystemBlockBytes: statfsSync(scratch.path).bsize,
      backend: recorder.backend,
      backendWhat: recorder.backendWhat,
      cannotSee: recorder.cannotSee,
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
): Promise<ScenarioReport> {
  try {
    await driver.runTrial({ ...request, prepareOnly: true, keepFile: true }, signal);
    const stream = await observe(driver, recorder, request, { freshInode: false }, signal);
    return {
      scenario,
      skippedReason: null,
      ...summarise(stream),
      ...(raw ? { events: rawLines(stream.recording) } : {}),
    };
  } catch (error) {
    const { code, syscall } = error as DriverError;
    if (syscall !== "fallocate" || code !== "EOPNOTSUPP") throw error;
    const reason = "the filesystem lacks this preparation";
    return { scenario, skippedReason: reason, ...summarise(null) };
  } finally {
    rmSync(request.path, { force: true });
  }
}

function requestOf(scenario: Scenario, path: string, seed: number): TrialRequest {
  // Punts are counted by the trace; a second counter would only cost.
  return { ...scenario, path, seed, settleNs: SETTLE_NS, countPunts: false };
}
