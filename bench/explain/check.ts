import { statfsSync } from "node:fs";
import { release, version } from "node:os";
import { type Driver, loadDriver } from "../../native/index.js";
import type { ObservedCause } from "../../results/vocabulary.js";
import type { Progress } from "../../terminal/progress.js";
import { directIoAlignment } from "../environment/direct-io.js";
import { labProvenance } from "../environment/lab-guest.js";
import { mountOf } from "../environment/mount.js";
import { ScratchDirectory } from "../environment/scratch.js";
import { runningKernelVersion } from "../rules/kernel-version.js";
import type { Attribution } from "./attribution/attribution.js";
import { inject } from "./injected/inject.js";
import {
  CannotInject,
  type InjectedCause,
  type SystemUnderTest,
} from "./injected/injected-cause.js";
import { INJECTED_CAUSES, ticksPunt } from "./injected/injected-causes.js";
import type { ExplainOptions } from "./options.js";
import { type BackendName, openRecorder } from "./recorder.js";
import { tally } from "./summary.js";
import { type ExplainedWrite, type TracingContext, traceWrites } from "./trace-writes.js";

/** Least share of the punts of an injected cause that must be given that cause. */
const LEAST_NAMED_RATIO = 0.95;

/** Field names are stable: they are those of `--check --json`. */
export interface InjectionReport {
  /** Name of the injected cause. */
  plant: string;
  /** The cause that must be named. */
  cause: ObservedCause;
  writes: number;
  punts: number;
  named: number;
  unknown: number;
  /** Other causes that were named, and for how many punts. */
  wrong: Partial<Record<ObservedCause, number>>;
  /** `unknown`: none is wrong, but too few are named. `not-planted`: no write punted. */
  outcome: "named" | "unknown" | "wrong" | "not-planted" | "skipped";
  /** Evidence of the first punt that was not given the cause, else of the first punt. */
  evidence: string;
}

export interface CheckReport {
  kernelLabel: string;
  kernelRelease: string;
  filesystem: string;
  backend: BackendName;
  backendWhat: string;
  plants: InjectionReport[];
}

interface CheckContext extends TracingContext {
  system: SystemUnderTest;
  scratch: ScratchDirectory;
}

/** Injects each cause that this system can show, and checks that it is named. */
export async function check(
  { backend: requested, bench }: ExplainOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<CheckReport> {
  const driver = loadDriver();
  const scratch = new ScratchDirectory(bench.dir);
  try {
    const system = systemUnderTest(driver, scratch);
    const recorder = openRecorder(requested);
    try {
      const plants = await injectAll({ driver, recorder, signal, system, scratch }, progress);
      const { kernelLabel } = bench;
      const { filesystem } = system;
      const { name: backend, what: backendWhat } = recorder;
      return { kernelLabel, kernelRelease: release(), filesystem, backend, backendWhat, plants };
    } finally {
      recorder.close();
    }
  } finally {
    progress.done();
    scratch.remove();
  }
}

async function injectAll(context: CheckContext, progress: Progress): Promise<InjectionReport[]> {
  const { what } = context.recorder;
  progress.milestone(`observed with ${what}, ${INJECTED_CAUSES.length} trials to run`);
  const reports: InjectionReport[] = [];
  for (const [index, injected] of INJECTED_CAUSES.entries()) {
    progress.step(`${index}/${INJECTED_CAUSES.length} trials  ${injected.name}`);
    const cause = injected.expected(context.system);
    if (cause !== null) reports.push(await injectAndJudge(context, injected, cause));
  }
  return reports;
}

async function injectAndJudge(
  context: CheckContext,
  injected: InjectedCause,
  cause: ObservedCause,
): Promise<InjectionReport> {
  const { name } = injected;
  try {
    const writes = await tracedInjection(context, injected);
    const report = judge(name, cause, writes, context.system);
    const tooFew = report.punts < (injected.leastPuntRatio ?? 0) * report.writes;
    if (tooFew) return { ...report, outcome: "not-planted" };
    return injected.hasControl ? await againstControl(context, injected, report) : report;
  } catch (error) {
    if (!(error instanceof CannotInject)) throw error;
    const nothing = judge(name, cause, [], context.system);
    return { ...nothing, outcome: "skipped", evidence: error.message };
  }
}

/** The same writes without the disturbance: do fewer of them punt? */
async function againstControl(
  context: CheckContext,
  injected: InjectedCause,
  report: InjectionReport,
): Promise<InjectionReport> {
  const { disturb, ...undisturbed } = injected;
  const control = judge(
    report.plant,
    report.cause,
    await tracedInjection(context, undisturbed),
    context.system,
  );
  const evidence = `${report.punts} of ${report.writes} writes punt with it and ${control.punts} of ${control.writes} without; ${report.evidence}`;
  const shown = report.punts * control.writes >= 2 * control.punts * report.writes;
  return shown ? { ...report, evidence } : { ...report, evidence, outcome: "not-planted" };
}

/** Injects a cause, and traces the writes to its files. Throws CannotInject. */
function tracedInjection(
  context: CheckContext,
  injected: InjectedCause,
): Promise<ExplainedWrite[]> {
  const pathOf = (file: string) => context.scratch.file(file);
  return inject({ ...context, pathOf }, injected, async (request) => {
    return (await traceWrites(context, request, injected.freshInode)).writes;
  });
}

/**
 * Compares what was named with the cause that must be named. Two other causes can be true of a few writes and are
 * no mistake: a clock tick came first, or the worker of the write before had not yet left the filesystem. When the
 * second is true of more than a few writes, the cause was not shown, and those count as unknown.
 */
function judge(
  plant: string,
  cause: ObservedCause,
  writes: readonly ExplainedWrite[],
  system: SystemUnderTest,
): InjectionReport {
  const all = writes.flatMap(({ attribution }) => attribution ?? []);
  const isTick = (found: Attribution) =>
    ticksPunt(system) && cause !== "timestamp" && found.cause === "timestamp";
  const metOwnWorker = (found: Attribution) =>
    found.ownWorker === true && cause !== "lock-contended";
  const few = all.filter(metOwnWorker).length <= all.length * (1 - LEAST_NAMED_RATIO);
  const counted = all.filter((found) => !isTick(found) && !(few && metOwnWorker(found)));
  const isUnknown = (found: Attribution) => found.cause === "unknown" || metOwnWorker(found);
  const isWrong = (found: Attribution) => found.cause !== cause && !isUnknown(found);
  const wrong = tally(counted.filter(isWrong).map((found) => found.cause));
  const named = counted.filter((found) => found.cause === cause).length;
  const shown = counted.find((found) => found.cause !== cause) ?? counted[0];
  return {
    plant,
    cause,
    writes: writes.length,
    punts: counted.length,
    named,
    unknown: counted.filter(isUnknown).length,
    wrong,
    outcome: outcomeOf(counted.length, named, wrong),
    evidence: shown?.evidence ?? (all.length > 0 ? "every punt was called a clock tick" : ""),
  };
}

function outcomeOf(
  punts: number,
  named: number,
  wrong: InjectionReport["wrong"],
): InjectionReport["outcome"] {
  if (punts === 0) return "not-planted";
  if (Object.keys(wrong).length > 0) return "wrong";
  return named >= punts * LEAST_NAMED_RATIO ? "named" : "unknown";
}

export function systemUnderTest(driver: Driver, scratch: ScratchDirectory): SystemUnderTest {
  const mount = mountOf(scratch.location);
  const filesystem = mount?.type ?? "unknown";
  return {
    filesystem,
    mountOptions: mount?.options ?? [],
    kernel: runningKernelVersion(release(), version()),
    directIoOffsetBytes: directIoAlignment(driver, scratch, filesystem).offsetBytes,
    filesystemBlockBytes: statfsSync(scratch.path).bsize,
    inLab: labProvenance() !== null,
  };
}
