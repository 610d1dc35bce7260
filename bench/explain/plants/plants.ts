import { atLeast } from "../../rules/kernel-version.js";
import { predict } from "../../rules/predict.js";
import { EASY_WRITE } from "../../rules/question.js";
import * as states from "./file-states.js";
import type { Place, Plant } from "./plant.js";

const on = (place: Place, ...filesystems: string[]) => filesystems.includes(place.filesystem);
const nodatacow = ({ mountOptions }: Place) => mountOptions.includes("nodatacow");
/** Files are written in place, so that more than one cause is possible. */
const inPlace = (place: Place) =>
  on(place, "ext4", "xfs") || (on(place, "btrfs") && nodatacow(place));
const LOCK_WRITES_BYTES = 256 * 4096;

/** Timestamps punt the first write after a clock tick. */
export function ticksPunt({ filesystem, kernel }: Place): boolean {
  return predict({ ...EASY_WRITE, filesystem, kernel }).punts === "tick";
}

/** Every cause that can be made on purpose, on an otherwise idle file. */
export const PLANTS: readonly Plant[] = [
  {
    name: "forced request",
    cause: () => "forced",
    files: 1,
    request: { arm: "forced" },
    prepare: states.written,
  },
  {
    name: "drained request",
    // Up to Linux 6.1 a drained request is tried inline once its turn has come.
    cause: (place) => (atLeast(place.kernel, 6, 2) ? "linked-or-drained" : null),
    files: 1,
    request: { drained: true, queueDepth: 4 },
    prepare: states.written,
  },
  {
    name: "extending write",
    cause: (place) => (on(place, "ext4") ? "extends-size" : inPlace(place) ? "hole" : null),
    files: 1,
    // Several at once would start beyond the size, which is a cause of its own on XFS.
    request: { queueDepth: 1 },
    prepare: states.empty,
  },
  {
    name: "hole",
    cause: (place) => (inPlace(place) ? "hole" : null),
    files: 1,
    prepare: states.sparse,
  },
  {
    name: "unwritten extent",
    cause: (place) => (on(place, "ext4") && !atLeast(place.kernel, 6, 3) ? "unwritten" : null),
    files: 1,
    prepare: states.allocated,
  },
  {
    name: "crossing extents",
    cause: (place) =>
      // Without delayed allocation ext4 zeroes short unwritten extents instead of splitting them.
      on(place, "ext4") &&
      !atLeast(place.kernel, 7, 3) &&
      !place.mountOptions.includes("nodelalloc")
        ? "crosses-extents"
        : null,
    files: 1,
    request: { blockSizeBytes: 8192, fileSizeBytes: 64 * 8192 },
    prepare: states.halfWritten,
  },
  {
    name: "512-byte write",
    cause: (place) =>
      on(place, "ext4") && place.directIoOffsetBytes <= 512 && place.filesystemBlockBytes > 512
        ? "unaligned"
        : null,
    files: 1,
    request: { blockSizeBytes: 512, fileSizeBytes: 512 * 512 },
    prepare: states.allocated,
  },
  {
    name: "cached pages",
    cause: (place) => (inPlace(place) ? "page-cache" : null),
    files: 1,
    prepare: states.cached,
  },
  {
    name: "held lock",
    cause: (place) => (inPlace(place) ? "lock-contended" : null),
    files: 4,
    request: { queueDepth: 4, intervalNs: 0, fileSizeBytes: LOCK_WRITES_BYTES },
    prepare: states.written,
    disturb: states.keepTruncating(LOCK_WRITES_BYTES),
  },
  {
    name: "evicted inode",
    cause: (place) => (on(place, "ext4") && place.inLab ? "first-write-of-inode" : null),
    files: 24,
    request: { fileSizeBytes: 4 * 4096 },
    prepare: states.written,
    settle: states.dropCaches,
    freshInode: true,
  },
  {
    name: "set-user-ID file",
    cause: (place) => (on(place, "ext4") ? "security-attributes" : null),
    files: 1,
    prepare: states.setUserId,
  },
  {
    name: "journalled data",
    cause: (place) =>
      on(place, "ext4") && place.mountOptions.includes("nodelalloc") ? "no-direct-io" : null,
    files: 1,
    prepare: states.journalled,
  },
  {
    name: "timestamp tick",
    cause: (place) => (ticksPunt(place) ? "timestamp" : null),
    files: 1,
    request: { intervalNs: 12_000_000 },
    prepare: states.written,
  },
  {
    name: "shared extent",
    cause: (place) => (on(place, "xfs") ? "shared-extent" : null),
    files: 1,
    prepare: states.shared,
  },
  {
    name: "no FMODE_NOWAIT",
    cause: (place) => (on(place, "overlay") && atLeast(place.kernel, 6, 4) ? "no-nowait" : null),
    files: 1,
    prepare: states.written,
  },
  {
    name: "hole of a chattr +C file",
    cause: (place) => (on(place, "btrfs") && !nodatacow(place) ? "hole" : null),
    files: 1,
    prepare: states.inPlaceSparse,
  },
  {
    name: "copy-on-write",
    cause: (place) => (on(place, "btrfs") && !nodatacow(place) ? "copy-on-write" : null),
    files: 1,
    prepare: states.written,
  },
  {
    name: "checksums",
    cause: (place) =>
      on(place, "btrfs") && !nodatacow(place) && atLeast(place.kernel, 6, 12) ? "checksums" : null,
    files: 1,
    // Its blocks are its own already, so that nothing else is in the way.
    prepare: states.allocated,
  },
];
