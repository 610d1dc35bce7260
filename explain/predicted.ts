import { statSync } from "node:fs";
import { baseQuestion } from "../inspect/inspect.js";
import { extentsOf } from "../inspect/read-file.js";
import { type Region, regionsOf } from "../inspect/regions.js";
import type { Driver, DriverError } from "../native/index.js";
import { predict } from "../rules/predict.js";
import type { Prediction } from "../rules/prediction.js";
import type { WriteQuestion } from "../rules/question.js";

/** The writes that are about to be issued to a file. */
export interface PlannedWrites {
  path: string;
  blockSizeBytes: number;
  filesystemBlockBytes: number;
  offsetsBytes: readonly number[];
  forced: boolean;
  /** The kernel has just loaded the inode. */
  freshInode: boolean;
}

/**
 * What the rules expect of each write, from the state of the file as it lies there: its size, extents and cached
 * pages. Each write changes that state for those after it. Nothing of this comes from tracing.
 */
export function predictWrites(driver: Driver, planned: PlannedWrites): Prediction[] {
  const { path, blockSizeBytes } = planned;
  const extents = extentsOf(driver, path, []) ?? [];
  const base = baseQuestion(driver, path, extents, blockSizeBytes);
  const cached = cachedWrites(driver, planned);
  const setId = isSetId(statSync(path).mode);
  let sizeBytes = statSync(path).size;
  const file = new FileBlocks(
    regionsOf(extents, sizeBytes, blockSizeBytes),
    planned.filesystemBlockBytes,
  );
  return planned.offsetsBytes.map((offsetBytes, index) => {
    const end = offsetBytes + blockSizeBytes;
    const question: WriteQuestion = {
      ...base,
      ...file.stateOf(offsetBytes, end),
      extending: end > sizeBytes,
      afterGap: offsetBytes > sizeBytes,
      cached: cached?.[index] ?? null,
      firstWriteOfInode: planned.freshInode && index === 0,
      setId,
      forced: planned.forced,
    };
    sizeBytes = Math.max(sizeBytes, end);
    file.write(offsetBytes, end);
    return predict(question);
  });
}

/** As is_sxid of include/linux/fs.h: set-user-ID, or set-group-ID with the right to execute. */
export function isSetId(mode: number): boolean {
  return (mode & 0o4000) !== 0 || (mode & 0o2010) === 0o2010;
}

/** Which blocks of a file are in which state while writes go on. */
class FileBlocks {
  readonly #written = new Set<number>();

  constructor(
    readonly regions: readonly Region[],
    readonly blockBytes: number,
  ) {}

  stateOf(start: number, end: number): Pick<WriteQuestion, "extent" | "crossesExtents"> {
    if (this.#blocks(start, end).every((block) => this.#written.has(block))) {
      return { extent: "written", crossesExtents: false };
    }
    const region = this.regions.findLast(({ startBytes }) => startBytes <= start);
    const crossesExtents = region?.endBytes != null && end > region.endBytes;
    return { extent: region?.state ?? "hole", crossesExtents };
  }

  write(start: number, end: number): void {
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
