import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { openPuntCounter } from "../../bench/environment/punt-counter.js";
import type { Driver } from "../../native/index.js";
import { integer } from "../../terminal/option-values.js";
import { reportError } from "../../terminal/report-error.js";
import { inScratch } from "./in-scratch.js";
import { printFigures } from "./output.js";
import { type Figure, figure } from "./promises.js";
import { recorded, run } from "./record-process.js";
import {
  onNewFile,
  PACED,
  RECORDED_STREAMS,
  type RecordedPair,
  type RecordedStream,
  recordedPair,
} from "./recorded-load.js";

interface RecordPerfOptions {
  dir: string;
  rounds: string;
  requests: string;
  json?: boolean;
}

const MIB = 2 ** 20;
/** A tenth of the requests, so that what grows with them is seen. */
const SMALL = 0.1;

async function measure(options: RecordPerfOptions): Promise<Figure[]> {
  const rounds = integer(options.rounds, "--rounds", 1, 1000);
  const requests = integer(options.requests, "--requests", 10_000, 100_000_000);
  return inScratch(options.dir, async ({ driver, progress, folder }) => {
    openPuntCounter(driver);
    const pairs = new Map<RecordedStream, RecordedPair[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const stream of RECORDED_STREAMS) {
        progress.step(`round ${round + 1}/${rounds}: ${stream.name}`);
        const before = pairs.get(stream) ?? [];
        pairs.set(stream, [...before, await recordedPair(driver, folder, stream, round)]);
      }
      progress.milestone(`round ${round + 1}/${rounds} done`);
    }
    progress.step(`memory for ${requests * SMALL} requests`);
    const small = await memoryOf(driver, folder, requests * SMALL);
    progress.step(`memory for ${requests} requests`);
    const large = await memoryOf(driver, folder, requests);
    return [
      ...[...pairs].flatMap(([stream, of]) => streamFigures(stream, of)),
      ...memoryFigures(small, large),
    ];
  });
}

/** Ratios and differences within a round, so that a disturbance of the machine affects both. */
function streamFigures({ name, preparation }: RecordedStream, pairs: RecordedPair[]): Figure[] {
  const punts = preparation === "no-fallocate";
  const of = (value: (pair: RecordedPair) => number) => pairs.map(value);
  const iops = of(({ recorded, unrecorded }) => recorded.iops / unrecorded.iops);
  const addedNs = of(
    ({ recorded, unrecorded }) => recorded.cpuNsPerWrite - unrecorded.cpuNsPerWrite,
  );
  const summaries = pairs.map(({ record }) => record.summary);
  return [
    figure(
      `${name}: IOPS unrecorded`,
      of(({ unrecorded }) => unrecorded.iops),
    ),
    figure(
      `${name}: IOPS recorded / unrecorded`,
      iops,
      punts ? null : { at: "least", bound: 0.97 },
    ),
    figure(`${name}: CPU ns added per write, submitters`, addedNs),
    figure(
      `${name}: CPU ns per write, record itself`,
      of(({ record }) => record.cpuNs / record.summary.requests),
    ),
    figure(
      `${name}: bytes per request`,
      summaries.map(({ bytes, requests }) => bytes / requests),
      { at: "most", bound: 30 },
    ),
    figure(
      `${name}: lost events`,
      summaries.map(({ lost }) => lost.events),
      { at: "most", bound: 0 },
    ),
  ];
}

/** Peak memory of the processes that recorded so many requests, and that loaded and replayed them. */
interface Memory {
  requests: number;
  /** Of these, not recorded or not replayed. */
  missing: number;
  recordBytes: number;
  replayBytes: number;
}

async function memoryOf(driver: Driver, folder: string, writes: number): Promise<Memory> {
  const output = join(folder, "memory.pbrec");
  // A folder of its own: the scratch directory holds files only.
  const results = mkdtempSync(join(tmpdir(), "puntbench-perf-"));
  try {
    const { record } = await onNewFile(driver, folder, { ...PACED, writes }, (run) =>
      recorded(output, run),
    );
    const place = ["--dir", folder, "--out", results];
    const args = ["replay", output, ...place, "--pace", "as-fast-as-possible"];
    const replay = await run<{ requests: number }>(args);
    return {
      requests: writes,
      missing: 2 * writes - record.summary.requests - replay.summary.requests,
      recordBytes: record.rssBytesMax,
      replayBytes: replay.rssBytesMax,
    };
  } finally {
    rmSync(output, { force: true });
    rmSync(results, { recursive: true, force: true });
  }
}

/** Ten times the requests may take a quarter more, for what is collected later. */
function memoryFigures(small: Memory, large: Memory): Figure[] {
  const of = ({ requests, missing, recordBytes, replayBytes }: Memory): Figure[] => [
    figure(`${requests} requests: missing`, [missing], { at: "most", bound: 0 }),
    figure(`${requests} requests: MiB of record`, [recordBytes / MIB]),
    figure(`${requests} requests: MiB of replay`, [replayBytes / MIB]),
  ];
  const bounded = { at: "most", bound: 1.25 } as const;
  return [
    ...of(small),
    ...of(large),
    figure(
      "MiB of record, with ten times the requests",
      [large.recordBytes / small.recordBytes],
      bounded,
    ),
    figure(
      "MiB of replay, with ten times the requests",
      [large.replayBytes / small.replayBytes],
      bounded,
    ),
  ];
}

const command = new Command("perf:record")
  .description("what `puntbench record` costs the program that it records, and the disk")
  .option("-d, --dir <directory>", "where the scratch directory is made", ".")
  .option("-r, --rounds <count>", "rounds; each runs every stream recorded and unrecorded", "9")
  .option("--requests <count>", "of the recording whose memory is measured", "1000000")
  .option("--json", "print one JSON object")
  .parse();

try {
  const options = command.opts<RecordPerfOptions>();
  printFigures(await measure(options), options.json ?? false);
} catch (error) {
  process.exitCode = reportError("perf:record", error);
}
