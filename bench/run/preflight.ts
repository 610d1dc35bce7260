import { statfsSync } from "node:fs";
import type { Scenario } from "../../results/schema.js";
import { UsageError } from "../../terminal/errors.js";
import { formatBytes } from "../../terminal/units.js";
import { labDisk } from "../environment/lab-disk.js";
import type { ScratchDirectory } from "../environment/scratch.js";

/** Bytes that a trial may use. */
export function allowedBytes(scratch: ScratchDirectory, maxSpaceBytes: number | null): number {
  return maxSpaceBytes ?? freeBytes(scratch) / 10;
}

function freeBytes(scratch: ScratchDirectory): number {
  const { bavail, bsize } = statfsSync(scratch.path);
  return labDisk()?.sizeBytes ?? bavail * bsize;
}

/** One trial's file exists at a time, so the largest one decides. */
export function checkSpace(
  scratch: ScratchDirectory,
  scenarios: readonly Scenario[],
  maxSpaceBytes: number | null,
): void {
  const needed = Math.max(...scenarios.map((scenario) => scenario.fileSizeBytes));
  const free = freeBytes(scratch);
  if (needed > free) {
    throw new UsageError(
      `not enough space: a trial needs ${formatBytes(needed)}, ${formatBytes(free)} are free`,
      "Choose a smaller --file-size or another --dir.",
    );
  }
  const allowed = allowedBytes(scratch, maxSpaceBytes);
  if (needed > allowed) {
    throw new UsageError(
      `a trial needs ${formatBytes(needed)}, more than the ${formatBytes(allowed)} it may use` +
        (maxSpaceBytes === null ? " (a tenth of the free space)" : " (--max-space)"),
      `Choose a smaller --file-size, or allow it with --max-space ${needed}.`,
    );
  }
}

/** Of each write the driver keeps its place, latency and delay, and hands copies of them over. */
const BYTES_PER_WRITE = 48;

/** Of one trial. Its random order is a list of 32-bit numbers. */
export const MAX_BLOCKS = 2 ** 31;

/** How many writes of a trial can be recorded in half of the memory that is left. */
export function memoryForBlocks(availableBytes = process.availableMemory()): number {
  return Math.floor(availableBytes / 2 / BYTES_PER_WRITE);
}

/** Refuses a trial whose records would take more than half of the memory that is left. */
export function checkMemory(
  scenarios: readonly Scenario[],
  availableBytes = process.availableMemory(),
): void {
  const writes = Math.max(
    ...scenarios.map(({ fileSizeBytes, blockSizeBytes }) => fileSizeBytes / blockSizeBytes),
  );
  if (writes <= memoryForBlocks(availableBytes)) return;
  const needed = writes * BYTES_PER_WRITE;
  throw new UsageError(
    `the ${writes} writes of a trial need ${formatBytes(needed)} of memory, ${formatBytes(availableBytes)} are available`,
    "Choose a smaller --file-size or a larger --block-size.",
  );
}

/** Locked while a trial runs; also the most that one registered buffer may hold (io_uring_register(2)). */
const MAX_BUFFER_BYTES = 1 << 30;

/**
 * Refuses a depth that the file can never fill, since its figures would describe a shallower queue, and one
 * whose buffers would take the host's memory.
 */
export function checkQueueDepths(scenarios: readonly Scenario[]): void {
  for (const { queueDepth, fileSizeBytes, blockSizeBytes, ...stream } of scenarios) {
    const { files = 1, rings = 1, order, blockSizeMaxBytes = blockSizeBytes } = stream;
    if (queueDepth * blockSizeMaxBytes > MAX_BUFFER_BYTES) {
      throw new UsageError(
        `queue depth ${queueDepth} with blocks of ${formatBytes(blockSizeMaxBytes)} needs more than ${formatBytes(MAX_BUFFER_BYTES)} of buffers`,
        "Choose a smaller --queue-depths or --block-size.",
      );
    }
    const writes = Math.floor(fileSizeBytes / blockSizeMaxBytes / rings);
    const ofEach = rings > 1 ? "each ring" : "a trial";
    const blocks = order === "recycled" ? (writes * rings) / 2 : writes * rings;
    if (files > blocks) {
      throw new UsageError(
        `${files} files are more than the ${blocks} blocks of a trial`,
        `Choose fewer --files, or --file-size ${files * blockSizeMaxBytes * 8} or more.`,
      );
    }
    if (queueDepth > writes) {
      throw new UsageError(
        `queue depth ${queueDepth} is more than the ${writes} writes of ${ofEach}`,
        `Choose a smaller --queue-depths, or --file-size ${queueDepth * blockSizeMaxBytes * rings * 8} or more.`,
      );
    }
  }
}
