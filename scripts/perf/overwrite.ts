import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Driver, DriverMeasurement } from "../../native/index.js";
import { seededRandom, seedOf } from "../../results/seeded-random.js";
import { bareOverwrite } from "./bare.js";
import type { Achieved, Load } from "./contender.js";
import { fioOverwrite } from "./fio.js";

export const CONTENDERS = ["driver", "bare", "fio"] as const;
export type Contender = (typeof CONTENDERS)[number];
export type Round = Record<Contender, Achieved>;

const BLOCK_BYTES = 4096;
const SETTLE_NS = 20_000_000;

/** What every round needs: the addon, the compiled bare loop, and the folder for its files. */
interface Tools {
  driver: Driver;
  bareLoop: string;
  folder: string;
}

/**
 * One round at one depth. The contenders run in a random order. Each gets a new file, prefilled in the
 * same way.
 */
export async function overwriteRound(
  { driver, bareLoop, folder }: Tools,
  queueDepth: number,
  writes: number,
  round: number,
): Promise<Round> {
  const random = seededRandom(seedOf(`depth ${queueDepth} round ${round}`));
  const order = CONTENDERS.map((name) => ({ name, key: random() }));
  order.sort((a, b) => a.key - b.key);
  const results: Partial<Round> = {};
  for (const { name } of order) {
    const load = { file: join(folder, name), queueDepth, blockSizeBytes: BLOCK_BYTES, writes };
    const own = await driverWrites(driver, load);
    if (name === "driver") {
      results.driver = {
        iops: (writes / own.wallNs) * 1e9,
        cpuNsPerWrite: (own.cpuNs.submitter ?? 0) / writes,
      };
    }
    if (name === "bare") results.bare = bareOverwrite(bareLoop, load);
    if (name === "fio") results.fio = fioOverwrite(load);
    rmSync(load.file);
  }
  return results as Round;
}

/** Prefills the file and writes it once. The driver's figures come from here. */
function driverWrites(driver: Driver, load: Load): Promise<DriverMeasurement> {
  return driver.runTrial({
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
    settleNs: SETTLE_NS,
    countPunts: true,
    keepFile: true,
  });
}
