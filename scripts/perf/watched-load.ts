import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Driver } from "../../native/index.js";
import { openWatch, type Watch } from "../../native/watch.js";
import type { Achieved, Load } from "./contender.js";
import { tunedFioOverwrite } from "./fio.js";
import { trialOf } from "./overwrite.js";

/** A stream of writes that is run with and without a watch. */
export interface Stream {
  name: string;
  run(load: Load): Promise<Achieved>;
  queueDepth: number;
  /** Whether every write punts; else none does. */
  punts: boolean;
}

/** One stream in one round. */
export interface Pair {
  unwatched: Achieved;
  watched: Achieved;
  /** Punts that the watch counted, in a second. */
  puntsPerSecond: number;
  /** Requests, punts and events that the watch missed. */
  lost: number;
}

const BLOCK_BYTES = 4096;
/** They have no file and no device, so that the programs' own time is a large share of them. */
const NOPS = 1_000_000;
const WRITES = { inline: 65_536, punting: 32_768 };

/** The streams of issue and README: fio set up to batch, and the driver. */
export function streamsOf(driver: Driver): Stream[] {
  const byDriver = async (load: Load, punts: boolean): Promise<Achieved> => {
    const preparation = punts ? "no-fallocate" : "dd-prefill";
    const trial = { ...trialOf(load), preparation, existingFile: !punts } as const;
    const { wallNs, cpuNs, writes } = await driver.runTrial(trial);
    return {
      iops: (writes / wallNs) * 1e9,
      cpuNsPerWrite: (cpuNs.submitter ?? Number.NaN) / writes,
    };
  };
  const nops: Stream = {
    name: "NOPs 32",
    queueDepth: 32,
    punts: false,
    run: async ({ queueDepth }) => {
      const request = { operations: NOPS, queueDepth, forced: false, countPunts: false };
      const { wallNs, cpuNs } = await driver.runNops(request);
      return { iops: (NOPS / wallNs) * 1e9, cpuNsPerWrite: (cpuNs.submitter ?? Number.NaN) / NOPS };
    },
  };
  const writes = [32, 128].flatMap((queueDepth): Stream[] => [
    {
      name: `fio ${queueDepth}`,
      queueDepth,
      punts: false,
      run: async (load: Load) => tunedFioOverwrite(load),
    },
    {
      name: `driver ${queueDepth}`,
      queueDepth,
      punts: false,
      run: (load: Load) => byDriver(load, false),
    },
    {
      name: `driver ${queueDepth}, punting`,
      queueDepth,
      punts: true,
      run: (load: Load) => byDriver(load, true),
    },
  ]);
  return [nops, ...writes];
}

/** Runs a stream twice, each time on a new file. Every second round begins with the watched run. */
export async function pairOf(
  { driver, folder, sampleShift }: { driver: Driver; folder: string; sampleShift: number },
  stream: Stream,
  round: number,
): Promise<Pair> {
  const once = async (): Promise<Achieved> => {
    const file = join(folder, "watched");
    const writes = stream.punts ? WRITES.punting : WRITES.inline;
    const load = { file, queueDepth: stream.queueDepth, blockSizeBytes: BLOCK_BYTES, writes };
    if (!stream.punts)
      await driver.runTrial({ ...trialOf(load), prepareOnly: true, keepFile: true });
    try {
      return await stream.run(load);
    } finally {
      rmSync(file, { force: true });
    }
  };
  const before = round % 2 === 0 ? await once() : null;
  const watch = openWatch({ everything: true, name: "", sampleShift });
  try {
    const startedMs = performance.now();
    const watched = await once();
    const seconds = (performance.now() - startedMs) / 1000;
    const seen = whatWasSeen(watch);
    watch.close();
    return {
      watched,
      unwatched: before ?? (await once()),
      puntsPerSecond: seen.punts / seconds,
      lost: seen.lost,
    };
  } finally {
    watch.close();
  }
}

function whatWasSeen(watch: Watch): { punts: number; lost: number } {
  const { requests, punts, events } = watch.lost();
  const counted = watch.take().reduce((sum, row) => sum + row.punts + row.forced, 0);
  return { punts: counted, lost: requests + punts + events };
}
