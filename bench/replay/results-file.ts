import type { Driver } from "../../native/index.js";
import type { Recording } from "../../results/recording/reader.js";
import type { ReplayedFile as FileLine, ReplayLine } from "../../results/replay.js";
import type { Header } from "../../results/schema.js";
import { directIoAlignment } from "../environment/direct-io.js";
import { mountOf } from "../environment/mount.js";
import { otherBenchWarnings } from "../environment/other-benches.js";
import type { PuntCounter } from "../environment/punt-counter.js";
import type { ScratchDirectory } from "../environment/scratch.js";
import { environment } from "../run/environment.js";
import { NO_TRIALS, provenance } from "../run/provenance.js";
import { observationsOf } from "../watch/observation.js";
import { fileOf } from "../watch/results.js";
import { stallsOf } from "../watch/stalls.js";
import type { ReplayedFile } from "./files.js";
import { nameOf, type Replay, type Seen } from "./outcome.js";
import type { RecordedFigures } from "./recorded-figures.js";
import { REPLAYED } from "./survey.js";

/** The header of a replay's results file. Throws a UserError where the directory cannot do O_DIRECT. */
export function headerOf(
  driver: Driver,
  kernelLabel: string,
  scratch: ScratchDirectory,
  counter: PuntCounter,
): Header {
  const type = mountOf(scratch.location)?.type ?? "unknown filesystem";
  const alignment = directIoAlignment(driver, scratch, type);
  return {
    ...provenance(kernelLabel),
    ...NO_TRIALS,
    environment: environment(scratch.path, alignment, counter),
    warnings: otherBenchWarnings(scratch.location),
  };
}

/** What the line needs besides what is printed. */
export interface Details {
  recording: Recording;
  sha256: string;
  recorded: ReadonlyMap<string, RecordedFigures>;
  files: readonly ReplayedFile[];
  /** CPU time of all kernel threads meanwhile. */
  kernelWorkersCpuNs: number;
}

export function lineOf(replay: Replay, details: Details, seen: Seen): ReplayLine {
  const { wallNs, requests, rings, lateNsP99, cpuNs, workersPeak, systemCalls } = replay;
  const { recording, sha256, kernelWorkersCpuNs } = details;
  const { startedAt, kernelRelease, machine, anonymised } = recording.header;
  const names = [...recording.threads.values()].flatMap(({ name }) => name ?? []);
  return {
    type: "replay",
    recording: {
      sha256,
      startedAt,
      durationNs: recording.footer?.durationNs ?? null,
      kernelRelease,
      machine,
      anonymised,
      programs: [...new Set(names)],
      damage: replay.recording.damage,
      lostEvents: replay.recording.lostEvents,
    },
    pace: replay.options.pace,
    speed: replay.options.speed,
    whatIf: replay.options.whatIf,
    files: filesOf(replay, details, seen),
    rings,
    requests,
    wallNs,
    lateNsP99,
    cpuNs: { ...cpuNs, kernelWorkers: kernelWorkersCpuNs },
    workersPeak,
    stalls: stalls(seen),
    systemCalls,
    leftOut: Object.entries(replay.leftOut).map(([reason, count]) => ({ reason, requests: count })),
    filesOfUnknownState: replay.filesOfUnknownState,
  };
}

/** One for each file and operation of the recording, most requests first. What was not seen here has 0 requests. */
function filesOf({ wallNs, cpuNs }: Replay, details: Details, { rows, causes }: Seen): FileLine[] {
  const ioWq = cpuNs.ioWq ?? 0;
  const users = ioWq > 0 ? [{ process: rows[0]?.process ?? process.pid, cpuNs: ioWq }] : [];
  const workers = { peak: 0, cpuNs: ioWq, processes: users };
  const indexOf = new Map(details.files.map(({ inode, index }) => [inode, index]));
  const names = {
    ofProcess: () => null,
    ofFile: ({ inode }: { inode: number }) => String(indexOf.get(inode) ?? "-"),
  };
  const seenHere = observationsOf(rows, wallNs / 1e9, names, { causes, workers }).map(fileOf);
  const here = new Map(seenHere.map((row) => [`${row.file} ${row.operation}`, row]));
  const files = new Map(details.files.map((file) => [file.index, file]));
  return [...details.recorded]
    .map(([key, recorded]): FileLine => {
      const [fileIndex, opcode] = key.split(" ").map(Number) as [number, number];
      const file = files.get(fileIndex) as ReplayedFile;
      const operation = REPLAYED.get(opcode)?.name ?? String(opcode);
      const seen = here.get(`${fileIndex} ${operation}`);
      return { ...(seen ?? unseen(operation)), file: nameOf(file), fileIndex, recorded };
    })
    .sort((a, b) => b.recorded.requests - a.recorded.requests);
}

function unseen(operation: string): Omit<FileLine, "file" | "fileIndex" | "recorded"> {
  return {
    operation,
    rings: 0,
    requests: 0,
    failed: 0,
    bytesPerRequest: null,
    punts: 0,
    forced: 0,
    drained: 0,
    chained: 0,
    causes: [],
    inlineLatencies: [],
    puntedLatencies: [],
    workerCpuNs: null,
  };
}

function stalls(seen: Seen): ReplayLine["stalls"] {
  const found = stallsOf(seen.stalls, { ofProcess: () => null });
  if (found === null) return null;
  // One process replays.
  const { count, blockedNs, maxNs, long, durations } = found[0] ?? NO_STALLS;
  return { count, blockedNs, maxNs, long, durations };
}

const NO_STALLS = { count: 0, blockedNs: 0, maxNs: 0, long: 0, durations: [] };
