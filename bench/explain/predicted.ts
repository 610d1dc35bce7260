import { statSync } from "node:fs";
import type { Driver, DriverError } from "../../native/index.js";
import { baseQuestion } from "../inspect/inspect.js";
import { extentsOf } from "../inspect/read-file.js";
import { type Region, regionsOf } from "../inspect/regions.js";
import { predict } from "../rules/predict.js";
import type { Prediction } from "../rules/prediction.js";
import type { WriteQuestion } from "../rules/question.js";

/** The writes that are about to be issued to a file. */
export interface PlannedWrites {
  path: string;
  blockSizeBytes: number;
  filesystemBlockBytes: number;
  offsetsBytes: readonly number[];
  queueDepth: number;
  forced: boolean;
  /** The kernel has just loaded the inode. */
  freshInode: boolean;
}

/** What is expected of one write. */
export interface ExpectedWrite {
  /** Once all writes before it have ended. */
  prediction: Prediction;
  /** While those that may be under way with it have not; the same at depth 1. */
  early: Prediction;
}

/**
 * What the rules expect of each write, from the state of the file as it lies there: its size, extents and cached
 * pages. Each write changes that state for those after it. Nothing of this comes from tracing.
 */
export function predictWrites(driver: Driver, planned: PlannedWrites): ExpectedWrite[] {
  const { path, blockSizeBytes, filesystemBlockBytes, offsetsBytes, queueDepth } = planned;
  const extents = extentsOf(driver, path, []) ?? [];
  const base = baseQuestion(driver, path, extents, blockSizeBytes);
  const cached = cachedWrites(driver, planned);
  const { size, mode } = statSync(path);
  const regions = regionsOf(extents, size, blockSizeBytes);
  // Later ones overtake a write that waits for a lock: it is given up to four rounds of the queue.
  const lag = queueDepth === 1 ? 1 : 4 * queueDepth;
  const ended = new FileState(regions, filesystemBlockBytes, size);
  const underWay = new FileState(regions, filesystemBlockBytes, size);
  return offsetsBytes.map((offsetBytes, index) => {
    const end = offsetBytes + blockSizeBytes;
    const known = {
      ...base,
      cached: cached?.[index] ?? null,
      firstWriteOfInode: planned.freshInode && index === 0,
      setId: isSetId(mode),
      forced: planned.forced,
    };
    const past = offsetsBytes[index - lag];
    if (past !== undefined) underWay.write(past, past + blockSizeBytes);
    const prediction = predict({ ...known, ...ended.stateOf(offsetBytes, end) });
    const early = predict({ ...known, ...underWay.stateOf(offsetBytes, end) });
    ended.write(offsetBytes, end);
    return { prediction, early };
  });
}

/** As is_sxid of include/linux/fs.h: set-user-ID, or set-group-ID with the right to execute. */
export function isSetId(mode: number): boolean {
  return (mode & 0o4000) !== 0 || (mode & 0o2010) === 0o2010;
}

/** Size of a file, and which blocks of it are in which state, while writes go on. */
class FileState {
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

/** Whether pages of each write are in the page cache; null where the kernel does not tell. */
function cachedWrites(
  driver: Driver,
  { path, offsetsBytes, blockSizeBytes }: PlannedWrites,
): boolean[] | null {
  const ranges = offsetsBytes.map((offsetBytes) => ({ offsetBytes, lengthBytes: blockSizeBytes }));
  try {
    return driver.cachedPages(path, ranges).pages.map((pages) => pages > 0);
  } catch (error) {
    if ((error as DriverError).syscall === undefined) throw error;
    return null;
  }
}
