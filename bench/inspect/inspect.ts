import { realpathSync, statfsSync } from "node:fs";
import { release } from "node:os";
import type { Driver, Extent } from "../../native/index.js";
import { questionAbout, questionAboutDevice } from "../probe/question-about.js";
import { predict } from "../rules/predict.js";
import type { Prediction } from "../rules/prediction.js";
import type { WriteQuestion } from "../rules/question.js";
import { inspectDevice } from "./inspect-device.js";
import type { InspectedRegion, Inspection } from "./inspection.js";
import { cachedPages, extentsOf, statsOf } from "./read-file.js";
import { type Region, regionsOf } from "./regions.js";

/** Opens read-only and changes nothing. Throws a UsageError for what is no regular file and no block device. */
export function inspect(driver: Driver, file: string, blockSizeBytes: number): Inspection {
  const stats = statsOf(file);
  const path = realpathSync(file);
  if (stats.isBlockDevice()) return inspectDevice(driver, path, stats, blockSizeBytes);
  const unknown: string[] = [];
  const extents = extentsOf(driver, path, unknown);
  const question = baseQuestion(driver, path, extents ?? [], blockSizeBytes);
  const regions = extents === null ? null : regionsOf(extents, stats.size, blockSizeBytes);
  const cached = regions === null ? null : cachedPages(driver, path, regions, unknown);
  const inside = regions?.filter(({ extending }) => !extending) ?? [];
  return {
    file: path,
    filesystem: question.filesystem,
    kernelRelease: release(),
    blockSizeBytes,
    filesystemBlockBytes: statfsSync(path).bsize,
    sizeBytes: stats.size,
    allocatedBytes: stats.blocks * 512,
    directIoOffsetBytes: driver.declaredDirectIoAlignment(path)?.offsetBytes ?? null,
    pageCacheSource: cached?.source ?? null,
    regions:
      regions?.map((region, index) =>
        inspected(region, cached?.pages[index] ?? null, question, stats.size, blockSizeBytes),
      ) ?? null,
    crossing: crossing(inside, question),
    unaligned: inside.length === 0 ? null : predict({ ...question, aligned: false }),
    unknown,
  };
}

/** A write to written blocks of this file, or to this block device, that nothing speaks against. */
export function baseQuestion(
  driver: Driver,
  path: string,
  extents: readonly Extent[],
  blockSizeBytes: number,
): WriteQuestion {
  const stats = statsOf(path);
  if (stats.isBlockDevice()) return questionAboutDevice(stats.rdev, blockSizeBytes);
  const question = questionAbout(driver, path, blockSizeBytes);
  const regions = regionsOf(extents, 0, blockSizeBytes);
  const preallocated = regions.some(({ state }) => state === "unwritten");
  return { ...question, inode: { ...question.inode, preallocated } };
}

/** Of the borders inside the file the easiest: one between two allocated parts, where there is one. */
function crossing(inside: readonly Region[], question: WriteQuestion): Prediction | null {
  const borders = inside.slice(1).map((region, index) => [region.state, inside[index]?.state]);
  if (borders.length === 0) return null;
  const allocated = borders.filter((pair) => !pair.includes("hole") && !pair.includes("delayed"));
  const unwritten = allocated.some((pair) => pair.includes("unwritten"));
  const extent = allocated.length === 0 ? "hole" : unwritten ? "unwritten" : "written";
  return predict({ ...question, crossesExtents: true, extent });
}

function inspected(
  region: Region,
  cachedPages: number | null,
  base: WriteQuestion,
  sizeBytes: number,
  blockSizeBytes: number,
): InspectedRegion {
  const question: WriteQuestion = {
    ...base,
    extent: region.state,
    extending: region.extending,
    afterGap: region.startBytes > sizeBytes,
    crossesExtents:
      region.endBytes !== null && region.endBytes - region.startBytes < blockSizeBytes,
    cached: cachedPages === null ? null : cachedPages > 0,
  };
  const prediction = predict(question);
  return {
    ...region,
    cachedPages,
    prediction,
    predictionUncached:
      prediction.cause === "page-cache" ? predict({ ...question, cached: false }) : null,
  };
}
