import type { ReplayOutcome } from "../../native/index.js";
import type { SubmitterStalls, WatchRow } from "../../native/watch.js";
import { quantileNs } from "../../results/durations.js";
import type { Recording } from "../../results/recording/reader.js";
import type { CauseCounts, CauseShare } from "../watch/causes.js";
import type { ReplayedFile } from "./files.js";
import type { ReplayOptions } from "./options.js";
import type { ReplayPlan } from "./plan.js";
import type { RecordedFigures } from "./recorded-figures.js";
import { REPLAYED } from "./survey.js";

/** One file and operation, in the recording and here. */
export interface ReplayedOperation {
  file: string;
  operation: string;
  requests: number;
  /** Share of the requests that punted when they were recorded. */
  recordedPuntRatio: number;
  /** null: they were not seen here. */
  puntRatio: number | null;
  /** Of the punts here that were looked at, most frequent first. */
  causes: CauseShare[];
  inlineNsP99: number | null;
  puntedNsP99: number | null;
  failed: number;
}

export interface Replay {
  recording: {
    path: string;
    kernelRelease: string;
    damage: string | null;
    lostEvents: number | null;
  };
  kernelRelease: string;
  options: Pick<ReplayOptions, "pace" | "speed" | "whatIf">;
  operations: ReplayedOperation[];
  wallNs: number;
  rings: number;
  requests: number;
  /** Recorded pace: 99 % of the requests were submitted at most this late; null with another pace. */
  lateNsP99: number | null;
  cpuNs: { submitter: number | null; ioWq: number | null };
  workersPeak: number | null;
  stalls: { count: number; maxNs: number } | null;
  systemCalls: { count: number; failed: number };
  /** Requests that were not replayed, by the reason. */
  leftOut: Record<string, number>;
  /** Files whose state was not in the recording: they were taken as written. */
  filesOfUnknownState: string[];
}

export interface Given {
  recording: Recording;
  /** By file and operation. */
  recorded: ReadonlyMap<string, RecordedFigures>;
  plan: ReplayPlan;
  files: readonly ReplayedFile[];
  kernelRelease: string;
  options: ReplayOptions;
}

export interface Seen {
  outcome: ReplayOutcome;
  rows: WatchRow[];
  causes: CauseCounts;
  stalls: SubmitterStalls[] | null;
}

export function replayOf(given: Given, seen: Seen): Replay {
  const { recording, plan, files, options } = given;
  const { rings } = seen.outcome;
  const sum = (values: (number | null)[]) =>
    values.some((value) => value === null)
      ? null
      : values.reduce<number>((total, value) => total + (value ?? 0), 0);
  return {
    recording: {
      path: recording.path,
      kernelRelease: recording.header.kernelRelease,
      damage: recording.damage,
      lostEvents: recording.footer?.lostEvents ?? null,
    },
    kernelRelease: given.kernelRelease,
    options: { pace: options.pace, speed: options.speed, whatIf: options.whatIf },
    operations: [...given.recorded].map(([key, figures]) => operationOf(key, figures, files, seen)),
    wallNs: Math.max(...rings.map(({ wallNs }) => wallNs)),
    rings: rings.length,
    requests: plan.rings.reduce((total, { count }) => total + count, 0),
    lateNsP99: options.pace === "recorded" ? lateNsP99(seen.outcome) : null,
    cpuNs: {
      submitter: sum(rings.map(({ cpuNs }) => cpuNs.submitter)),
      ioWq: sum(rings.map(({ cpuNs }) => cpuNs.ioWq)),
    },
    workersPeak: sum(rings.map(({ workersPeak }) => workersPeak)),
    stalls: seen.stalls === null ? null : stallsOf(seen.stalls),
    systemCalls: { count: plan.calls.count, failed: seen.outcome.callsFailed },
    leftOut: Object.fromEntries(plan.leftOut),
    filesOfUnknownState: files.filter(({ recorded }) => !recorded?.regions).map(nameOf),
  };
}

function operationOf(
  key: string,
  recorded: { requests: number; punts: number },
  files: readonly ReplayedFile[],
  { rows, causes }: Seen,
): ReplayedOperation {
  const [index, operation] = key.split(" ").map(Number) as [number, number];
  const file = files.find((each) => each.index === index) as ReplayedFile;
  const here = rows.filter((row) => row.inode === file.inode && row.opcode === operation);
  const requests = here.reduce((total, row) => total + row.requests, 0);
  const [row] = here;
  return {
    file: nameOf(file),
    operation: REPLAYED.get(operation)?.name ?? String(operation),
    requests: recorded.requests,
    recordedPuntRatio: recorded.punts / recorded.requests,
    puntRatio:
      requests === 0 ? null : here.reduce((total, each) => total + each.punts, 0) / requests,
    causes: row === undefined ? [] : causes.of(row.placeKey),
    inlineNsP99: row === undefined ? null : quantileNs(row.inlineLatencies, 0.99),
    puntedNsP99: row === undefined ? null : quantileNs(row.puntedLatencies, 0.99),
    failed: here.reduce((total, each) => total + each.failed, 0),
  };
}

export function nameOf({ recorded, index }: ReplayedFile): string {
  return recorded?.path ?? `file ${index}`;
}

function lateNsP99({ rings }: ReplayOutcome): number | null {
  const delays = rings.flatMap(({ issueDelayNs }) => [...(issueDelayNs ?? [])]);
  if (delays.length === 0) return null;
  delays.sort((a, b) => a - b);
  return delays[Math.min(delays.length - 1, Math.floor(delays.length * 0.99))] ?? null;
}

function stallsOf(stalls: readonly SubmitterStalls[]): { count: number; maxNs: number } {
  return {
    count: stalls.reduce((total, { count }) => total + count, 0),
    maxNs: Math.max(0, ...stalls.map(({ maxNs }) => maxNs)),
  };
}
