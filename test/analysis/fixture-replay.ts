import type { ReplayedFile, ReplayLine } from "../../results/replay.js";
import { headerOf } from "./fixture-header.js";

/** A file of a made-up replay: of 1,000 requests so many punted, when they were recorded and here. */
export function replayedFile(
  fileIndex: number,
  recordedPunts: number,
  punts: number,
  more: Partial<ReplayedFile> = {},
): ReplayedFile {
  const timestamp = {
    cause: "timestamp" as const,
    punts: 20,
    evidence: "the tick had ended",
    curedBy: "lazytime",
  };
  return {
    file: `/data/file-${fileIndex}`,
    fileIndex,
    operation: "writev",
    rings: 1,
    requests: 1000,
    failed: 0,
    bytesPerRequest: 16384,
    punts,
    forced: 0,
    drained: 0,
    chained: 0,
    causes: punts > 0 ? [timestamp] : [],
    inlineLatencies: [[163_840, 900]],
    puntedLatencies: punts > 0 ? [[2_097_152, punts]] : [],
    workerCpuNs: 0,
    recorded: {
      requests: 1000,
      punts: recordedPunts,
      forced: 0,
      drained: 0,
      chained: 0,
      causes: [],
      inlineLatencies: [[131_072, 1000]],
      puntedLatencies: [],
      filesystem: "ext4",
    },
    ...more,
  };
}

export function replayLine(files: ReplayedFile[], more: Partial<ReplayLine> = {}): ReplayLine {
  return {
    type: "replay",
    recording: {
      sha256: "ab".repeat(32),
      startedAt: "2026-01-01T00:00:00.000Z",
      durationNs: 3e10,
      kernelRelease: "6.18",
      machine: "x64",
      anonymised: false,
      programs: ["mariadbd"],
      damage: null,
      lostEvents: 0,
    },
    pace: "recorded",
    speed: 1,
    whatIf: { preparation: null, iowqWorkers: null },
    files,
    rings: 1,
    requests: 2000,
    wallNs: 3e10,
    lateNsP99: 1e6,
    cpuNs: { submitter: 2e7, ioWq: 4e6, kernelWorkers: 6e7 },
    workersPeak: 2,
    stalls: { count: 3, blockedNs: 1e7, maxNs: 6e6, long: 2, durations: [[6_291_456, 3]] },
    systemCalls: { count: 10, failed: 0 },
    leftOut: [],
    filesOfUnknownState: [],
    ...more,
  };
}

/** The lines of a results file of one replay. */
export function replayRun(
  kernelLabel: string,
  line: ReplayLine,
  { boot = 0, emulated = kernelLabel !== "6.18" } = {},
): object[] {
  const header = headerOf({ kernelLabel, rounds: 0, boot, emulated }, []);
  const footer = {
    type: "footer",
    finishedAt: "2026-01-01T00:01:00.000Z",
    outcome: "complete",
    reason: null,
    trials: 0,
    warnings: [],
  };
  return [{ ...header, instrumentChecks: null }, line, footer];
}
