import type { CachedPages } from "../../native/index.js";
import type { Prediction } from "../rules/prediction.js";
import type { Region } from "./regions.js";

/** A region, and what a write inside it would do. */
export interface InspectedRegion extends Region {
  /** Pages of the region in the page cache; null when the kernel does not tell. */
  cachedPages: number | null;
  prediction: Prediction;
  /** Of the pages that are not cached, where that makes a difference; else null. */
  predictionUncached: Prediction | null;
}

/** Field names are stable: they are those of `--json`. */
export interface Inspection {
  file: string;
  filesystem: string;
  kernelRelease: string;
  blockSizeBytes: number;
  filesystemBlockBytes: number;
  sizeBytes: number;
  allocatedBytes: number;
  /** Grain of direct I/O that the filesystem declares (statx); null before Linux 6.1 or without direct I/O. */
  directIoOffsetBytes: number | null;
  pageCacheSource: CachedPages["source"] | null;
  /** null: the filesystem does not tell (no FIEMAP). */
  regions: InspectedRegion[] | null;
  /** A write across a border inside the file, between allocated parts if there are such; null without a border. */
  crossing: Prediction | null;
  /** A write of part of a written block of the filesystem; null where no block is inside the size. */
  unaligned: Prediction | null;
  /** What could not be learnt, and why. */
  unknown: string[];
}
