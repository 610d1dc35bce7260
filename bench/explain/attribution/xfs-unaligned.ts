import { atLeast } from "../../rules/kernel-version.js";
import { type Attribution, type AttributionContext, attributed } from "./attribution.js";
import { isAligned, returned, seenSizeBytes, stepsNamed } from "./evidence.js";
import { EAGAIN, type TracedWrite } from "./traced-write.js";
import { locksTried } from "./xfs-checks.js";

// What XFS does with direct writes of part of a block.

/**
 * Until Linux 5.11 XFS refuses every such write before it tries the lock (xfs_file_dio_aio_write); from 5.12 on
 * (xfs_file_dio_write_unaligned) one that reaches the end of the file, which takes the lock exclusively. null: it is not so.
 */
export function unalignedBeforeLock(
  write: TracedWrite,
  context: AttributionContext,
): Attribution | null {
  const { events, kernel } = context;
  if (isAligned(write, context) || !events.includes("xfs_ilock_nowait")) return null;
  if (locksTried(write) > 0) return null;
  const seen = "XFS gave up before it tried the lock of the inode (no xfs_ilock_nowait)";
  if (!atLeast(kernel, 5, 12)) {
    return attributed("unaligned", `${seen}, which it does with every write of part of a block`);
  }
  const end = write.offsetBytes + write.lengthBytes;
  const size = seenSizeBytes(write);
  if (size === null || end < size.bytes) return null;
  const why = `it ends at ${end}, i_size is ${size.bytes} ${size.when}`;
  return attributed("unaligned", `${seen}; ${why}: part of the last block is written exclusively`);
}

/**
 * XFS lets writes of part of a block share the lock only where the block is written (IOMAP_DIO_OVERWRITE_ONLY); a worker that
 * is refused this tries once more, exclusively. null: it is not so.
 */
export function unalignedToWorker(
  write: TracedWrite,
  context: AttributionContext,
  refused: string,
): Attribution | null {
  const { retry } = write;
  if (retry === null || isAligned(write, context)) return null;
  const again = stepsNamed(retry, "xfs_file_direct_write").length > 1;
  if (!again && !returned(retry, "xfs_begin_ret", EAGAIN)) return null;
  return attributed(
    "unaligned",
    `${refused}, also to the worker, which then took the lock exclusively: part of a block is only overwritten where it is written`,
  );
}
