import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Driver, TrialRequest } from "../../native/index.js";
import { seededRandom, seedOf } from "../../results/seeded-random.js";
import { bareOverwrite } from "./bare.js";
import type { Achieved, Load } from "./contender.js";
import { fioOverwrite, tunedFioOverwrite } from "./fio.js";

export const CONTENDERS = ["driver", "bare", "fio tuned", "fio default"] as const;
export type Contender = (typeof CONTENDERS)[number];
export type Slice = Record<Contender, Achieved>;

const BLOCK_BYTES = 4096;

/** What every slice needs: the addon, the compiled bare loop, and the folder for its files. */
export interface Tools {
  driver: Driver;
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
    const file = join(tools.folder, name.replace(" ", "-"));
    const load = { file, queueDepth, blockSizeBytes: BLOCK_BYTES, writes };
    await tools.driver.runTrial({ ...trialOf(load), prepareOnly: true, keepFile: true });
    results[name] = await overwrite(tools, name, load);
    rmSync(file);
  }
  return results as Slice;
}

async function overwrite(tools: Tools, name: Contender, load: Load): Promise<Achieved> {
  if (name === "bare") return bareOverwrite(tools.bareLoop, load);
  if (name === "fio tuned") return tunedFioOverwrite(load);
  if (name === "fio default") return fioOverwrite(load);
  const { wallNs, cpuNs } = await tools.driver.runTrial({ ...trialOf(load), existingFile: true });
  const { writes } = load;
  return { iops: (writes / wallNs) * 1e9, cpuNsPerWrite: (cpuNs.submitter ?? Number.NaN) / writes };
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
