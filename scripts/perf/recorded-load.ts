import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Driver, DriverMeasurement, TrialRequest } from "../../native/index.js";
import { trialOf } from "./overwrite.js";
import { type Ran, type RecordSummary, recorded } from "./record-process.js";

/** A stream of writes that is run with and without a recorder. */
export interface RecordedStream {
  name: string;
  queueDepth: number;
  rings: number;
  /** 0: back to back. */
  intervalNs: number;
  preparation: TrialRequest["preparation"];
  writes: number;
}

export interface Run {
  iops: number;
  /** Of the thread that submits; with several rings of all. */
  cpuNsPerWrite: number;
}

/** One stream in one round. */
export interface RecordedPair {
  unrecorded: Run;
  recorded: Run;
  record: Ran<RecordSummary>;
}

/** The promise is for 100,000 requests a second. */
export const PACED = stream("100,000/s", {
  queueDepth: 128,
  rings: 1,
  intervalNs: 10_000,
  writes: 300_000,
});

/** Back to back the submitter is busy all the time, so that what recording adds to it shows in its IOPS. */
export const RECORDED_STREAMS: readonly RecordedStream[] = [
  PACED,
  stream("1 ring of 128", { queueDepth: 128, rings: 1, writes: 300_000 }),
  stream("2 rings of 64", { queueDepth: 64, rings: 2, writes: 300_000 }),
  stream("punting, 1 ring of 32", {
    queueDepth: 32,
    rings: 1,
    preparation: "no-fallocate",
    writes: 50_000,
  }),
];

function stream(
  name: string,
  shape: Omit<RecordedStream, "name" | "intervalNs" | "preparation"> & Partial<RecordedStream>,
): RecordedStream {
  return { name, intervalNs: 0, preparation: "dd-prefill", ...shape };
}

/** Runs a stream twice, each time on a new file. Every second round begins with the recorded run. */
export async function recordedPair(
  driver: Driver,
  folder: string,
  stream: RecordedStream,
  round: number,
): Promise<RecordedPair> {
  const plain = () => onNewFile(driver, folder, stream, (run) => run());
  const before = round % 2 === 0 ? await plain() : null;
  const output = join(folder, "recording.pbrec");
  try {
    const { result, record } = await onNewFile(driver, folder, stream, (run) =>
      recorded(output, run),
    );
    return { recorded: result, record, unrecorded: before ?? (await plain()) };
  } finally {
    rmSync(output, { force: true });
  }
}

/** The file is prepared before `around` begins, so that a recording holds the measured writes alone. */
export async function onNewFile<T>(
  driver: Driver,
  folder: string,
  stream: RecordedStream,
  around: (run: () => Promise<Run>) => Promise<T>,
): Promise<T> {
  const request = requestOf(join(folder, "written"), stream);
  const existingFile = stream.preparation !== "no-fallocate";
  if (existingFile) await driver.runTrial({ ...request, prepareOnly: true, keepFile: true });
  try {
    return await around(async () => runOf(await driver.runTrial({ ...request, existingFile })));
  } finally {
    rmSync(request.path, { force: true });
  }
}

function requestOf(file: string, stream: RecordedStream): TrialRequest {
  const { queueDepth, rings, intervalNs, preparation, writes } = stream;
  const load = { file, queueDepth, blockSizeBytes: 4096, writes };
  // Offsets in order would take less room in the recording.
  return { ...trialOf(load), order: "random", preparation, rings, intervalNs };
}

function runOf({ writes, wallNs, cpuNs }: DriverMeasurement): Run {
  return {
    iops: (writes / wallNs) * 1e9,
    cpuNsPerWrite: (cpuNs.submitter ?? Number.NaN) / writes,
  };
}
