import { statfsSync, statSync } from "node:fs";
import type { Driver, TrialRequest } from "../../native/index.js";
import { baseQuestion } from "../inspect/inspect.js";
import { cachedPages, extentsOf } from "../inspect/read-file.js";
import { type Region, regionsOf } from "../inspect/regions.js";
import { predict } from "../rules/predict.js";
import type { Prediction } from "../rules/prediction.js";
import type { WriteQuestion } from "../rules/question.js";
import { EXTENTS_IN_INODE } from "../rules/xfs.js";
import { isSetId } from "./attribution/attribute-request.js";

/** What the rules expect of one write. */
export interface ExpectedWrite {
  /** When all writes before it have ended. */
  prediction: Prediction;
  /** While the writes that may be under way at the same time have not ended; the same at depth 1. */
  early: Prediction;
}

/** What the rules expect of the writes of a request, and the facts of the file that they use. */
export interface Expectation {
  file: WriteQuestion;
  filesystemBlockBytes: number;
  writes: ExpectedWrite[];
}

/**
 * What the rules expect of each write, from the present state of the file: its size, extents and cached pages. Each
 * write changes that state for the writes after it. No tracing is used.
 * @param freshInode the kernel has just loaded the inode.
 */
export function expectWrites(
  driver: Driver,
  { path, blockSizeBytes, queueDepth, arm }: TrialRequest,
  offsetsBytes: readonly number[],
  freshInode: boolean,
): Expectation {
  const filesystemBlockBytes = statfsSync(path).bsize;
  const extents = extentsOf(driver, path, []) ?? [];
  const stats = statSync(path);
  const size = stats.isBlockDevice() ? Number.POSITIVE_INFINITY : stats.size;
  const regions = regionsOf(extents, size, blockSizeBytes);
  const setId = isSetId(stats.mode);
  const file = {
    ...baseQuestion(driver, path, extents, blockSizeBytes),
    setId,
    forced: arm === "forced",
  };
  const ranges = offsetsBytes.map((at) => ({ startBytes: at, endBytes: at + blockSizeBytes }));
  const cached = cachedPages(driver, path, ranges, []);
  // Later writes overtake one that waits for a lock: it gets up to four rounds of the queue to end.
  const lag = queueDepth === 1 ? 1 : 4 * queueDepth;
  const ended = new SimulatedFile(regions, filesystemBlockBytes, size);
  const underWay = new SimulatedFile(regions, filesystemBlockBytes, size);
  const writes = ranges.map(({ startBytes, endBytes }, index) => {
    const question = {
      ...file,
      cached: cached === null ? null : (cached.pages[index] ?? 0) > 0,
      firstWriteOfInode: freshInode && index === 0,
      extentsNotRead: freshInode && index === 0 && needsReading(file.filesystem, extents),
    };
    const past = ranges[index - lag];
    if (past !== undefined) underWay.write(past.startBytes, past.endBytes);
    const prediction = predict({ ...question, ...ended.stateOf(startBytes, endBytes) });
    const early = predict({ ...question, ...underWay.stateOf(startBytes, endBytes) });
    ended.write(startBytes, endBytes);
    return { prediction, early };
  });
  return { file, filesystemBlockBytes, writes };
}

/** Whether a fresh inode does not hold all extents. */
function needsReading(filesystem: string, extents: readonly unknown[]): boolean {
  return filesystem === "xfs" && extents.length > EXTENTS_IN_INODE;
}

/** Size of a file and state of its blocks, while writes are applied to it. */
class SimulatedFile {
  readonly #written = new Set<number>();

  constructor(
    readonly regions: readonly Region[],
    readonly blockBytes: number,
    public sizeBytes: number,
  ) {}

  stateOf(
    start: number,
    end: number,
  ): Pick<WriteQuestion, "extent" | "crossesExtents" | "extending" | "afterGap"> {
    const size = { extending: end > this.sizeBytes, afterGap: start > this.sizeBytes };
    if (this.#blocks(start, end).every((block) => this.#written.has(block))) {
      return { extent: "written", crossesExtents: false, ...size };
    }
    const region = this.regions.findLast(({ startBytes }) => startBytes <= start);
    const crossesExtents = region?.endBytes != null && end > region.endBytes;
    return { extent: region?.state ?? "hole", crossesExtents, ...size };
  }

  write(start: number, end: number): void {
    this.sizeBytes = Math.max(this.sizeBytes, end);
    for (const block of this.#blocks(start, end)) this.#written.add(block);
  }

  #blocks(start: number, end: number): number[] {
    const first = Math.floor(start / this.blockBytes);
    const count = Math.ceil(end / this.blockBytes) - first;
    return Array.from({ length: count }, (_, index) => first + index);
  }
}
