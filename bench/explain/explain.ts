import { rmSync } from "node:fs";
import type { Attempt } from "../../native/causes.js";
import type { DriverError, TrialRequest } from "../../native/index.js";
import { describeScenario, scenarioKey } from "../../results/scenario.js";
import type { Explanation } from "../../results/schema.js";
import type { Progress } from "../../terminal/progress.js";
import type { Stage } from "../run/run.js";
import { withTimeLimit } from "../run/time-limit.js";
import type { ExplainOptions } from "./options.js";
import { type BackendName, openRecorder, type Recording } from "./recorder.js";
import { summarise } from "./summary.js";
import { isPlain, traceRequests } from "./trace-requests.js";
import { type ExplainedStream, type TracingContext, traceWrites } from "./trace-writes.js";

/** An explanation as `--json` prints it, with what results files do not hold. */
export interface ScenarioReport extends Explanation {
  /** With --raw: one line for each recorded step. */
  events?: string[];
}

/** Field names are stable: they are those of `--json`. */
export interface ExplainReport {
  kernelLabel: string;
  kernelRelease: string;
  filesystem: string | null;
  mountOptions: readonly string[];
  filesystemBlockBytes: number | null;
  backend: BackendName;
  backendWhat: string;
  /** What this kernel does not show. */
  cannotSee: string[];
  scenarios: ScenarioReport[];
}

const SETTLE_NS = 10_000_000;

/**
 * Runs every scenario once with tracing on, and appends an explanation of each to the results file. On every way
 * out it removes its files. The programs in the kernel end with this process.
 */
export async function explain(
  { driver, scratch, header, append }: Stage,
  { bench, scenarios: wanted, backend: requested, raw }: ExplainOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<ExplainReport> {
  const { kernelRelease, filesystem } = header.environment;
  const possible = new Set(header.scenarios.map(scenarioKey));
  const scenarios = wanted.filter((scenario) => possible.has(scenarioKey(scenario)));
  const recorder = openRecorder(requested);
  const { name: backend, what: backendWhat, cannotSee } = recorder;
  const reports: ScenarioReport[] = [];
  try {
    progress.milestone(`observed with ${backendWhat}, ${scenarios.length} traced trials`);
    for (const scenario of scenarios) {
      signal.throwIfAborted();
      progress.step(
        `${reports.length + 1}/${scenarios.length} traced  ${describeScenario(scenario)}`,
      );
      const path = scratch.file(`explain-${reports.length}`);
      // Punts are counted by the trace; a second counter would only cost time. Every block is written.
      const uncounted = { settleNs: SETTLE_NS, countPunts: false, rampNs: 0, durationNs: 0 };
      const request = { ...scenario, ...uncounted, path, seed: bench.seed };
      const stream = await withTimeLimit(
        (limited) =>
          tracedOrNull({ driver, recorder, signal: limited }, request, (context) =>
            isPlain(scenario)
              ? traceWrites(context, request, scenario.inode === "cold")
              : traceRequests(context, request, filesystem?.type ?? "unknown filesystem"),
          ),
        bench.trialTimeoutMs,
        `a trial of ${describeScenario(scenario)}`,
        signal,
      );
      const explanation: Explanation = {
        type: "explanation",
        scenario,
        backend,
        cannotSee,
        skippedReason: stream === null ? "the filesystem lacks this preparation" : null,
        ...summarise(stream),
      };
      append(explanation);
      reports.push(raw ? { ...explanation, events: linesOf(stream?.recording) } : explanation);
    }
  } finally {
    recorder.close();
    progress.done();
  }
  return {
    kernelLabel: bench.kernelLabel,
    kernelRelease,
    filesystem: filesystem?.type ?? null,
    mountOptions: filesystem?.mountOptions ?? [],
    filesystemBlockBytes: filesystem?.blockSizeBytes ?? null,
    backend,
    backendWhat,
    cannotSee,
    scenarios: reports,
  };
}

/** null: the filesystem lacks the preparation. */
async function tracedOrNull(
  context: TracingContext,
  request: TrialRequest,
  trace: (context: TracingContext) => Promise<ExplainedStream>,
): Promise<ExplainedStream | null> {
  const preparing = { ...request, prepareOnly: true, keepFile: true };
  try {
    await context.driver.runTrial(preparing, context.signal);
    return await trace(context);
  } catch (error) {
    const { code, syscall } = error as DriverError;
    if (syscall === "fallocate" && code === "EOPNOTSUPP") return null;
    throw error;
  } finally {
    for (let file = 0; file < (request.files ?? 1); file += 1) {
      rmSync(file === 0 ? request.path : `${request.path}.${file}`, { force: true });
    }
  }
}

/** For each request its submission, its punt and its retry, each with the steps seen meanwhile. */
function linesOf(recording: Recording | undefined): string[] {
  return (recording?.records ?? []).flatMap(({ request, thread, inline, punt }) => {
    const line = (atNs: number, text: string) =>
      `${(atNs / 1e9).toFixed(6)} 0x${request.toString(16)} ${text}`;
    return [
      ...(inline ? [line(inline.beganNs, `submitted by ${thread}:${attemptWords(inline)}`)] : []),
      ...(punt ? [line(punt.atNs, `io_uring_queue_async_work flags=${punt.requestFlags}`)] : []),
      ...(punt?.retry ? [line(punt.retry.beganNs, `in a worker:${attemptWords(punt.retry)}`)] : []),
    ];
  });
}

function attemptWords({ steps, result }: Attempt): string {
  const words = steps.map(({ name, value, detail }) => ` ${name}(${value}, ${detail})`);
  return `${words.join("")}${result === null ? "" : `, result ${result}`}`;
}
