import { rmSync, statfsSync } from "node:fs";
import { release, version } from "node:os";
import type { Driver } from "../../native/index.js";
import { UserError } from "../../terminal/errors.js";
import type { Progress } from "../../terminal/progress.js";
import { directIoAlignment } from "../environment/direct-io.js";
import { labProvenance } from "../environment/lab-guest.js";
import { mountOf } from "../environment/mount.js";
import type { ScratchDirectory } from "../environment/scratch.js";
import { runningKernelVersion } from "../rules/kernel-version.js";
import type { BackendName } from "./backends/backend.js";
import type { ObservedCause, Verdict } from "./causes.js";
import { type ObservedWrite, observe } from "./observe.js";
import { type Place, type Plant, plantRequest } from "./plants/plant.js";
import { PLANTS, ticksPunt } from "./plants/plants.js";
import { Recorder } from "./recorder.js";

/** Least share of planted punts that must be given their cause. */
export const LEAST_NAMED_RATIO = 0.95;

/** Field names are stable: they are those of `--check --json`. */
export interface PlantReport {
  plant: string;
  /** What was planted. */
  cause: ObservedCause;
  writes: number;
  punts: number;
  named: number;
  unknown: number;
  /** Causes that were not planted, and how many punts got them. */
  wrong: Partial<Record<ObservedCause, number>>;
  /** `unknown`: none wrong, but too few named. `not-planted`: nothing punted. */
  outcome: "named" | "unknown" | "wrong" | "not-planted" | "skipped";
  /** Evidence of the first punt that is not as planted, else of the first. */
  evidence: string;
}

export interface CheckReport {
  kernelLabel: string;
  kernelRelease: string;
  filesystem: string;
  backend: BackendName;
  backendWhat: string;
  plants: PlantReport[];
}

/** Makes each cause on purpose and looks whether it is named. */
export async function check(
  driver: Driver,
  wanted: BackendName | "auto",
  kernelLabel: string,
  scratch: ScratchDirectory,
  progress: Progress,
  signal: AbortSignal,
): Promise<CheckReport> {
  const place = placeOf(driver, scratch);
  const recorder = await Recorder.open(driver, wanted, progress.milestone, signal);
  const { backend } = recorder;
  try {
    const plants: PlantReport[] = [];
    progress.milestone(`observed with ${backend.what}, ${PLANTS.length} trials to run`);
    for (const [index, plant] of PLANTS.entries()) {
      progress.step(`${index}/${PLANTS.length} trials  ${plant.name}`);
      const cause = plant.cause(place);
      if (cause === null) continue;
      const writes = await planted(driver, recorder, plant, place, scratch, signal);
      plants.push(
        typeof writes === "string"
          ? { ...judged(plant, cause, [], place), outcome: "skipped", evidence: writes }
          : judged(plant, cause, writes, place),
      );
    }
    return {
      kernelLabel,
      kernelRelease: release(),
      filesystem: place.filesystem,
      backend: backend.name,
      backendWhat: backend.what,
      plants,
    };
  } finally {
    recorder.remove();
    progress.done();
  }
}

/** All writes of a plant's streams; a text says why it cannot be planted here. */
async function planted(
  driver: Driver,
  recorder: Recorder,
  plant: Plant,
  place: Place,
  scratch: ScratchDirectory,
  signal: AbortSignal,
): Promise<ObservedWrite[] | string> {
  const files = Math.max(plant.files, ticksPunt(place) ? FILES_WITH_TICKS : 1);
  const requests = Array.from({ length: files }, (_, file) =>
    plantRequest(scratch.file(`plant-${file}`), { ...paceOf(place), ...plant.request }),
  );
  const writes: ObservedWrite[] = [];
  try {
    for (const request of requests) await plant.prepare(driver, request);
    await plant.settle?.();
    for (const request of requests) {
      signal.throwIfAborted();
      const calm = await plant.disturb?.(request.path);
      try {
        const file = { freshInode: plant.freshInode ?? false };
        writes.push(...(await observe(driver, recorder, request, file, signal)).writes);
      } finally {
        await calm?.();
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

/** Far longer than the worker of the write before takes to leave the filesystem and its lock. */
const PACE_NS = 10_000_000;

/**
 * Each write by itself, so that none meets the lock of the worker before. Where ticks punt, a write by itself
 * punts for that alone: several at once share a tick. Not on ext4, where they would meet that lock.
 */
function paceOf(place: Place): { queueDepth?: number; intervalNs?: number } {
  if (!ticksPunt(place)) return { intervalNs: PACE_NS };
  return place.filesystem === "xfs" ? { queueDepth: 8 } : {};
}

function judged(
  { name }: Plant,
  cause: ObservedCause,
  writes: readonly ObservedWrite[],
  place: Place,
): PlantReport {
  const verdicts = writes.flatMap(({ verdict }) => (verdict === null ? [] : [verdict]));
  // What else is true of a few writes, and no mistake: a clock tick came first, where ticks punt, or the worker
  // of the write before had not left the filesystem yet. More than a few of those, and the cause was not shown.
  const ticks = ticksPunt(place) && cause !== "timestamp";
  const locks = verdicts.filter((verdict) => verdict.ownWorker && cause !== "lock-contended");
  const late = locks.length <= verdicts.length * (1 - LEAST_NAMED_RATIO) ? locks : [];
  const counted = verdicts.filter(
    (verdict) => !(ticks && verdict.cause === "timestamp") && !late.includes(verdict),
  );
  const named = counted.filter((verdict) => verdict.cause === cause).length;
  const undecided = (verdict: Verdict) => verdict.cause === "unknown" || locks.includes(verdict);
  const unknown = counted.filter(undecided).length;
  const wrong: PlantReport["wrong"] = {};
  for (const verdict of counted) {
    if (verdict.cause === cause || undecided(verdict)) continue;
    wrong[verdict.cause] = (wrong[verdict.cause] ?? 0) + 1;
  }
  const odd = counted.find((verdict) => verdict.cause !== cause) ?? counted[0];
  const report = { plant: name, cause, writes: writes.length, punts: counted.length };
  const outcome = outcomeOf(counted.length, named, wrong);
  return { ...report, named, unknown, wrong, outcome, evidence: odd?.evidence ?? "" };
}

function outcomeOf(
  punts: number,
  named: number,
  wrong: PlantReport["wrong"],
): PlantReport["outcome"] {
  if (punts === 0) return "not-planted";
  if (Object.keys(wrong).length > 0) return "wrong";
  return named >= punts * LEAST_NAMED_RATIO ? "named" : "unknown";
}

function placeOf(driver: Driver, scratch: ScratchDirectory): Place {
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
