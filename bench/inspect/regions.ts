import type { Extent } from "../../native/index.js";
import type { BlockState } from "../rules/question.js";

/** A part of a file in which every block is in the same state. */
export interface Region {
  startBytes: number;
  /** null: without end, the part of the file that does not exist yet. */
  endBytes: number | null;
  state: BlockState;
  /** Where it lies on the device; null where it lies nowhere or the filesystem does not tell. */
  physicalBytes: number | null;
  /** Every write of one block in it ends beyond the size of the file. */
  extending: boolean;
}

// FIEMAP_EXTENT_* of include/uapi/linux/fiemap.h.
const UNKNOWN = 0x2;
const DELALLOC = 0x4;
const ENCODED = 0x8;
const DATA_ENCRYPTED = 0x80;
const DATA_INLINE = 0x200;
const UNWRITTEN = 0x800;
const SHARED = 0x2000;

export function stateOf(flags: number): BlockState {
  if (flags & DATA_INLINE) return "inline";
  if (flags & DATA_ENCRYPTED) return "encrypted";
  if (flags & ENCODED) return "compressed";
  if (flags & DELALLOC) return "delayed";
  if (flags & SHARED) return "shared";
  return flags & UNWRITTEN ? "unwritten" : "written";
}

/**
 * The whole of a file, from its first byte to beyond its end: what FIEMAP lists, the holes that it leaves
 * out, cut where a write of `blockSizeBytes` begins to end beyond the size.
 */
export function regionsOf(
  extents: readonly Extent[],
  sizeBytes: number,
  blockSizeBytes: number,
): Region[] {
  const lastWrite = Math.floor(sizeBytes / blockSizeBytes) * blockSizeBytes;
  const regions: Region[] = [];
  const add = (startBytes: number, endBytes: number | null, extent: Extent | null) => {
    const cut = startBytes < lastWrite && (endBytes === null || endBytes > lastWrite);
    if (cut) add(startBytes, lastWrite, extent);
    const start = cut ? lastWrite : startBytes;
    if (start === endBytes) return;
    const state = extent === null ? "hole" : stateOf(extent.flags);
    const placed = extent !== null && (extent.flags & (UNKNOWN | DELALLOC | DATA_INLINE)) === 0;
    regions.push({
      startBytes: start,
      endBytes,
      state,
      physicalBytes: placed ? extent.physicalBytes + (start - extent.offsetBytes) : null,
      extending: start >= lastWrite,
    });
  };
  let reached = 0;
  for (const extent of extents) {
    if (extent.offsetBytes > reached) add(reached, extent.offsetBytes, null);
    add(extent.offsetBytes, extent.offsetBytes + extent.lengthBytes, extent);
    reached = extent.offsetBytes + extent.lengthBytes;
  }
  if (reached < lastWrite) add(reached, lastWrite, null);
  add(Math.max(reached, lastWrite), null, null);
  return regions;
}
