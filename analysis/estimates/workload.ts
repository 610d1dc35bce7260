import { median } from "simple-statistics";
import {
  AGREEMENT_RATIO,
  AGREEMENT_REQUESTS_MIN,
  type ReplayedFile,
  type ReplayLine,
} from "../../results/replay.js";
import { plural } from "../../terminal/plural.js";
import { groupBy } from "../cells/group-by.js";
import type { Replayed } from "../cells/replayed.js";
import { kernelNames } from "../cells/subject.js";
import { type Change, puntRatioChange } from "./change.js";
import { type Judged, judgeTogether } from "./judge.js";

/** The requests of one recording on several kernels. */
export interface Workload {
  recording: ReplayLine["recording"];
  places: Place[];
  /** Most requests first. */
  operations: WorkloadOperation[];
  /** What the verdicts are against; null: there is only one place. */
  base: Place | null;
}

/** A kernel, and what was changed against the recording. Punts are exact under emulation, so that emulated and real replays share a place. */
export interface Place {
  name: string;
  replays: Replayed[];
  boots: number;
  /** Nothing was changed, on the kernel of the recording. */
  isRecorded: boolean;
}

export interface WorkloadOperation {
  fileIndex: number;
  file: string;
  operation: string;
  bytesPerRequest: number | null;
  recorded: ReplayedFile["recorded"];
  recordedRatio: number;
  /** In the order of the places. */
  at: OperationAt[];
}

/** One file and operation at one place. */
export interface OperationAt extends Judged {
  place: Place;
  /** Punts for each request: the median of the boots' medians. null: no request was seen. */
  puntRatio: number | null;
  /** Those of each boot together. */
  byBoot: number[][];
  /** In all replays of the place. */
  causes: ReplayedFile["causes"];
}

/** A smaller difference is a matter of chance, or of no interest. */
export const WORKLOAD_THRESHOLD_RATIO = 0.05;

/** Recordings with most replays first. */
export function workloads(replayed: readonly Replayed[]): Workload[] {
  return [...groupBy(replayed, ({ replay }) => replay.recording.sha256).values()]
    .sort((a, b) => b.length - a.length)
    .map(workloadOf);
}

function workloadOf(replayed: readonly Replayed[]): Workload {
  const places = placesOf(replayed);
  const files = replayed.flatMap(({ replay }) => replay.files);
  const operations = [...groupBy(files, operationKey).values()]
    .map(([first]) => operationOf(first as ReplayedFile, places))
    .sort((a, b) => b.recorded.requests - a.recorded.requests);
  const base = places.find(({ isRecorded }) => isRecorded) ?? places[0];
  const found = places.length > 1 ? (base as Place) : null;
  if (found !== null) judge(operations, found);
  return {
    recording: (replayed[0] as Replayed).replay.recording,
    places,
    operations,
    base: found,
  };
}

const operationKey = ({ fileIndex, operation }: ReplayedFile) => `${fileIndex} ${operation}`;

function placesOf(replayed: readonly Replayed[]): Place[] {
  const nameOf = kernelNames(replayed.map(({ subject }) => subject));
  const named = groupBy(replayed, (one) => nameOf(one.subject) + changesOf(one.replay));
  return [...named].map(([name, replays]) => ({
    name,
    replays,
    boots: new Set(replays.map(({ boot }) => boot)).size,
    isRecorded: replays.some(isAsRecorded),
  }));
}

/** " (dd-prefill, at most 2 workers)": what a replay changed against the recording; "" for nothing. */
function changesOf({ whatIf, pace, speed }: ReplayLine): string {
  const changes = [
    whatIf.preparation,
    whatIf.iowqWorkers === null ? null : `at most ${plural(whatIf.iowqWorkers, "worker")}`,
    pace === "recorded" ? null : "as fast as possible",
    speed === 1 ? null : `${speed}x`,
  ].filter((change) => change !== null);
  return changes.length === 0 ? "" : ` (${changes.join(", ")})`;
}

/** Whether a replay must give what was recorded. */
function isAsRecorded({ kernelRelease, replay }: Replayed): boolean {
  return kernelRelease === replay.recording.kernelRelease && changesOf(replay) === "";
}

function operationOf(file: ReplayedFile, places: readonly Place[]): WorkloadOperation {
  const { fileIndex, operation, recorded } = file;
  const seen = places.flatMap(({ replays }) => replays.flatMap(({ replay }) => replay.files));
  const same = seen.filter((other) => operationKey(other) === operationKey(file));
  return {
    fileIndex,
    file: file.file,
    operation,
    bytesPerRequest: same.find((other) => other.bytesPerRequest !== null)?.bytesPerRequest ?? null,
    recorded,
    recordedRatio: recorded.punts / recorded.requests,
    at: places.map((place) => figuresAt(place, file)),
  };
}

function figuresAt(place: Place, file: ReplayedFile): OperationAt {
  const seen = place.replays.flatMap(({ boot, replay }) => {
    const found = replay.files.find((other) => operationKey(other) === operationKey(file));
    return found === undefined || found.requests === 0 ? [] : [{ boot, found }];
  });
  const byBoot = [...groupBy(seen, ({ boot }) => boot).values()].map((replays) =>
    replays.map(({ found: { punts, requests } }) => punts / requests),
  );
  const puntRatio = byBoot.length === 0 ? null : median(byBoot.map((values) => median(values)));
  const causes = mergedCauses(seen.flatMap(({ found }) => found.causes));
  return {
    place,
    puntRatio,
    byBoot,
    causes,
    metric: "puntRatio",
    change: null,
    verdict: "not enough data",
  };
}

function mergedCauses(all: ReplayedFile["causes"]): ReplayedFile["causes"] {
  return [...groupBy(all, ({ cause, curedBy }) => `${cause} ${curedBy}`).values()]
    .map((same) => ({
      ...(same[0] as (typeof same)[number]),
      punts: same.reduce((sum, { punts }) => sum + punts, 0),
    }))
    .sort((a, b) => b.punts - a.punts);
}

/** Every place against the base, as `compare` judges kernels: a verdict needs three boots of each, or all punts or none. */
function judge(operations: readonly WorkloadOperation[], base: Place): void {
  const all = operations.filter(isFrequent).flatMap(({ at }) => {
    const from = at.find(({ place }) => place === base) as OperationAt;
    return at
      .filter((found) => found !== from)
      .map((found) => ({ found, at: changeAtLevel(from, found) }));
  });
  for (const { found, at } of all) found.change = at(0.95);
  judgeTogether(all, WORKLOAD_THRESHOLD_RATIO);
}

const changeAtLevel =
  (from: OperationAt, to: OperationAt) =>
  (level: number): Change | null =>
    from.byBoot.length === 0 || to.byBoot.length === 0
      ? null
      : puntRatioChange(from.byBoot, to.byBoot, level);

/** With fewer requests a ratio says little. */
export function isFrequent({ recorded }: Pick<WorkloadOperation, "recorded">): boolean {
  return recorded.requests >= AGREEMENT_REQUESTS_MIN;
}

/** A file and operation whose replay on the kernel and filesystem of its recording gave something else. */
export interface Disagreement {
  file: ReplayedFile;
  replayed: Replayed;
  recordedRatio: number;
  /** null: no request was seen. */
  puntRatio: number | null;
}

/** Largest difference first. */
export function disagreements(replayed: readonly Replayed[]): Disagreement[] {
  return replayed
    .filter(isAsRecorded)
    .flatMap((one) =>
      one.replay.files
        .filter((file) => isFrequent(file) && one.subject.filesystem === file.recorded.filesystem)
        .map((file) => ({
          file,
          replayed: one,
          recordedRatio: file.recorded.punts / file.recorded.requests,
          puntRatio: file.requests === 0 ? null : file.punts / file.requests,
        })),
    )
    .filter((found) => differenceOf(found) > AGREEMENT_RATIO)
    .sort((a, b) => differenceOf(b) - differenceOf(a));
}

function differenceOf({ recordedRatio, puntRatio }: Disagreement): number {
  return puntRatio === null ? 1 : Math.abs(puntRatio - recordedRatio);
}
