import { readFileSync, type Stats } from "node:fs";
import { release } from "node:os";
import type { Driver } from "../../native/index.js";
import { questionAboutDevice } from "../probe/question-about.js";
import { predict } from "../rules/predict.js";
import type { Inspection } from "./inspection.js";
import { cachedPages } from "./read-file.js";

/** A block device is one region without holes and borders: its page cache and its queue decide. */
export function inspectDevice(
  driver: Driver,
  path: string,
  { rdev, blksize }: Stats,
  blockSizeBytes: number,
): Inspection {
  const question = questionAboutDevice(rdev, blockSizeBytes);
  const sizeBytes = sizeOf(question.devices[0]?.name ?? "");
  const unknown: string[] = [];
  const whole = { startBytes: 0, endBytes: sizeBytes };
  const cached = cachedPages(driver, path, [whole], unknown);
  // mincore maps a file up to its size, and the inode of a device has none.
  const pages = cached?.source === "cachestat" ? (cached.pages[0] ?? null) : null;
  if (cached !== null && pages === null) {
    unknown.push("page cache: cachestat (Linux 6.5) is needed for a block device");
  }
  const asked = { ...question, cached: pages === null ? null : pages > 0 };
  const prediction = predict(asked);
  const uncached = prediction.cause === "page-cache" ? predict({ ...asked, cached: false }) : null;
  const region = { state: "written", physicalBytes: 0, extending: false } as const;
  return {
    file: path,
    filesystem: question.filesystem,
    kernelRelease: release(),
    blockSizeBytes,
    filesystemBlockBytes: blksize,
    sizeBytes,
    allocatedBytes: sizeBytes,
    directIoOffsetBytes: driver.declaredDirectIoAlignment(path)?.offsetBytes ?? null,
    pageCacheSource: pages === null ? null : "cachestat",
    regions: [
      { ...whole, ...region, cachedPages: pages, prediction, predictionUncached: uncached },
    ],
    crossing: null,
    unaligned: null,
    unknown,
  };
}

const sizeOf = (name: string) =>
  Number(readFileSync(`/sys/class/block/${name}/size`, "utf8")) * 512;
