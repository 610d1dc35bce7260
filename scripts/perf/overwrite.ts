import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Driver, TrialRequest } from "../../native/index.js";
import { seededRandom, seedOf } from "../../results/seeded-random.js";
import { bareOverwrite } from "./bare.js";
import type { Achieved, Load, PerfRing } from "./contender.js";
import { fioOverwrite, tunedFioCallsPerWrite, tunedFioOverwrite } from "./fio.js";

export const CONTENDERS = ["driver", "bare", "fio tuned", "fio default"] as const;
export type Contender = (typeof CONTENDERS)[number];
export type Slice = Record<Contender, Achieved>;

const BLOCK_BYTES = 4096;

/** What every slice needs: the addon, the compiled bare loop, the ring of both, and the folder for the files. */
export interface Tools {
  driver: Driver;
  ring: PerfRing;
  bareLoop: string;
  folder: string;
}

/**
 * One slice at one depth. The contenders run in a random order. Each gets a new file that was prefilled in the
 * same way, and that nobody wrote after that.
 */
export async function overwriteSlice(
  tools: Tools,
  queueDepth: number,
  writes: number,
  slice: number,
): Promise<Slice> {
  const random = seededRandom(seedOf(`depth ${queueDepth} slice ${slice}`));
  const order = CONTENDERS.map((name) => ({ name, key: random() }));
  order.sort((a, b) => a.key - b.key);
  const results: Partial<Slice> = {};
  for (const { name } of order) {
    results[name] = await onPrefilledFile(tools, { name, queueDepth, writes }, (load) =>
      overwrite(tools, name, load),
    );
  }
  return results as Slice;
}

/** Calls of io_uring_enter for each write of the tuned fio, outside the timed slices; null where they cannot be counted. */
export function countTunedFioCalls(
  tools: Tools,
  queueDepth: number,
  writes: number,
): Promise<number | null> {
  const load = { name: "counted", queueDepth, writes };
  return onPrefilledFile(tools, load, async (prefilled) => tunedFioCallsPerWrite(prefilled));
}

/** Runs something on a new file, which is removed afterwards. */
async function onPrefilledFile<T>(
  { driver, folder }: Tools,
  { name, queueDepth, writes }: { name: string; queueDepth: number; writes: number },
  run: (load: Load) => Promise<T>,
): Promise<T> {
  const file = join(folder, name.replace(" ", "-"));
  const load = { file, queueDepth, blockSizeBytes: BLOCK_BYTES, writes };
  await driver.runTrial({ ...trialOf(load), prepareOnly: true, keepFile: true });
  try {
    return await run(load);
  } finally {
    rmSync(file);
  }
}

async function overwrite(tools: Tools, name: Contender, load: Load): Promise<Achieved> {
  if (name === "bare") return bareOverwrite(tools.bareLoop, load, tools.ring);
  if (name === "fio tuned") return tunedFioOverwrite(load);
  if (name === "fio default") return fioOverwrite(load);
  const request = { ...trialOf(load), ring: tools.ring, existingFile: true };
  const { wallNs, cpuNs, submitCalls, waitCalls } = await tools.driver.runTrial(request);
  const { writes } = load;
  return {
    iops: (writes / wallNs) * 1e9,
    cpuNsPerWrite: (cpuNs.submitter ?? Number.NaN) / writes,
    callsPerWrite: ((submitCalls ?? Number.NaN) + (waitCalls ?? Number.NaN)) / writes,
  };
}

export function trialOf(load: Load): TrialRequest {
  return {
    path: load.file,
    preparation: "dd-prefill",
    arm: "inline",
    queueDepth: load.queueDepth,
    blockSizeBytes: load.blockSizeBytes,
    fileSizeBytes: load.blockSizeBytes * load.writes,
    order: "sequential",
    seed: 0,
    intervalNs: 0,
    registeredBuffers: true,
    settleNs: 20_000_000,
    countPunts: true,
  };
}
