import { readFileSync, type Stats } from "node:fs";
import { release, version } from "node:os";
import type { Driver } from "../../native/index.js";
import { deviceStack, majorMinor } from "../environment/block-device.js";
import { BLOCK_DEVICES } from "../rules/block-device.js";
import { runningKernelVersion } from "../rules/kernel-version.js";
import { predict } from "../rules/predict.js";
import { EASY_WRITE, type WriteQuestion } from "../rules/question.js";
import type { Inspection } from "./inspect.js";
import { cachedPages } from "./read-file.js";

/** A block device is one region without holes and borders: its page cache and its queue decide. */
export function inspectDevice(
  driver: Driver,
  path: string,
  { rdev, blksize }: Stats,
  blockSizeBytes: number,
): Inspection {
  const number = majorMinor(rdev);
  const sizeBytes = sizeOf(number);
  const unknown: string[] = [];
  const whole = { startBytes: 0, endBytes: sizeBytes };
  const cached = cachedPages(driver, path, [whole], unknown);
  // mincore maps a file up to its size, and the inode of a device has none.
  const pages = cached?.source === "cachestat" ? (cached.pages[0] ?? null) : null;
  if (cached !== null && pages === null) {
    unknown.push("page cache: cachestat (Linux 6.5) is needed for a block device");
  }
  const question: WriteQuestion = {
    ...EASY_WRITE,
    filesystem: BLOCK_DEVICES,
    kernel: runningKernelVersion(release(), version()),
    devices: deviceStack(number),
    lengthBytes: blockSizeBytes,
    cached: pages === null ? null : pages > 0,
  };
  const prediction = predict(question);
  const uncached =
    prediction.cause === "page-cache" ? predict({ ...question, cached: false }) : null;
  const region = { state: "written", physicalBytes: 0, extending: false } as const;
  return {
    file: path,
    filesystem: BLOCK_DEVICES,
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

const sizeOf = (number: string) =>
  Number(readFileSync(`/sys/dev/block/${number}/size`, "utf8")) * 512;
