import { rmSync, statfsSync } from "node:fs";
import { release, version } from "node:os";
import type { Driver } from "../../native/index.js";
import type { ObservedCause } from "../../results/vocabulary.js";
import { UserError } from "../../terminal/errors.js";
import type { Progress } from "../../terminal/progress.js";
import { directIoAlignment } from "../environment/direct-io.js";
import { labProvenance } from "../environment/lab-guest.js";
import { mountOf } from "../environment/mount.js";
import type { ScratchDirectory } from "../environment/scratch.js";
import { runningKernelVersion } from "../rules/kernel-version.js";
import type { Attribution } from "./attribution/attribution.js";
import type { BackendName } from "./backends/backend.js";
import {
  type InjectedCause,
  injectionRequest,
  type SystemUnderTest,
} from "./injected/injected-cause.js";
import { INJECTED_CAUSES, ticksPunt } from "./injected/injected-causes.js";
import type { ExplainOptions } from "./options.js";
import { type ExplainedWrite, type TracingContext, traceWrites } from "./trace-writes.js";
import { openTracer } from "./tracer.js";

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

/** Injects each cause that this system can show, and checks that it is named. */
export async function check(
  driver: Driver,
  scratch: ScratchDirectory,
  { backend: requested, bench }: ExplainOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<CheckReport> {
  const system = systemUnderTest(driver, scratch);
  const tracer = await openTracer(driver, {
    backend: requested,
    warn: progress.milestone,
    signal,
  });
  const { backend } = tracer;
  const context = { driver, tracer, signal };
  const plants: InjectionReport[] = [];
  try {
    progress.milestone(`observed with ${backend.what}, ${INJECTED_CAUSES.length} trials to run`);
    for (const [index, injected] of INJECTED_CAUSES.entries()) {
      progress.step(`${index}/${INJECTED_CAUSES.length} trials  ${injected.name}`);
      const cause = injected.expected(system);
      if (cause === null) continue;
      const writes = await inject(context, injected, system, scratch);
      const report = judge(injected.name, cause, typeof writes === "string" ? [] : writes, system);
      plants.push(
        typeof writes === "string" ? { ...report, outcome: "skipped", evidence: writes } : report,
      );
    }
  } finally {
    tracer.remove();
    progress.done();
  }
  return {
    kernelLabel: bench.kernelLabel,
    kernelRelease: release(),
    filesystem: system.filesystem,
    backend: backend.name,
    backendWhat: backend.what,
    plants,
  };
}

/** All writes to the files of an injected cause; a text says why it cannot be injected here. */
async function inject(
  context: TracingContext,
  injected: InjectedCause,
  system: SystemUnderTest,
  scratch: ScratchDirectory,
): Promise<ExplainedWrite[] | string> {
  const { driver, signal } = context;
  const files = Math.max(injected.files ?? 1, ticksPunt(system) ? FILES_WITH_TICKS : 1);
  const requests = Array.from({ length: files }, (_, file) =>
    injectionRequest(scratch.file(`plant-${file}`), { ...paceOf(system), ...injected.request }),
  );
  const writes: ExplainedWrite[] = [];
  try {
    for (const request of requests) await injected.prepare(driver, request);
    await injected.afterPreparing?.();
    for (const request of requests) {
      signal.throwIfAborted();
      const endDisturbance = await injected.disturb?.(request.path);
      try {
        writes.push(...(await traceWrites(context, request, injected.freshInode)).writes);
      } finally {
        await endDisturbance?.();
      }
    }
    return writes;
  } catch (error) {
    if (error instanceof UserError && writes.length === 0 && !signal.aborted) return error.message;
    throw error;
  } finally {
    for (const { path } of requests) rmSync(path, { force: true });
  }
}

/** On a slow machine most writes come after a tick, and few are left to show another cause. */
const FILES_WITH_TICKS = 4;

/** Far longer than the worker of the write before needs to leave the filesystem and release its lock. */
const PACE_NS = 10_000_000;

/**
 * Paced, so that no write meets the lock of the worker before. Where ticks punt, a paced write punts for the tick
 * alone, so there several writes share a tick. On ext4 they do not: they would meet that lock.
 */
function paceOf(system: SystemUnderTest): { queueDepth?: number; intervalNs?: number } {
  if (!ticksPunt(system)) return { intervalNs: PACE_NS };
  return system.filesystem === "xfs" ? { queueDepth: 8 } : {};
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
  const wrong: InjectionReport["wrong"] = {};
  for (const found of counted) {
    if (found.cause === cause || isUnknown(found)) continue;
    wrong[found.cause] = (wrong[found.cause] ?? 0) + 1;
  }
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
    evidence: shown?.evidence ?? "",
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

function systemUnderTest(driver: Driver, scratch: ScratchDirectory): SystemUnderTest {
  const mount = mountOf(scratch.path);
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
