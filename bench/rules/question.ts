import type { KernelVersion } from "./kernel-version.js";

/** The state of the blocks before they are written. */
export type BlockState =
  | "written"
  /** Allocated by fallocate, reads as zeros. */
  | "unwritten"
  | "hole"
  /** Buffered data without blocks yet (delayed allocation). */
  | "delayed"
  /** Shared with a reflink or a snapshot. */
  | "shared"
  /** Stored inside the inode. */
  | "inline"
  | "compressed"
  | "encrypted";

/** A block device below a filesystem. */
export interface BlockLayer {
  name: string;
  kind: "disk" | "loop" | "dm" | "md" | "ram";
  /** For dm the start of its uuid: what made it, as "CRYPT", "LVM" or "LVM-tpool". */
  detail: string | null;
  /** Of its queue; null where sysfs does not show them. */
  requestLimits?: RequestLimits | null;
}

/** What one request to a block device can hold (/sys/block/NAME/queue). */
export interface RequestLimits {
  /** max_sectors_kb. */
  bytes: number;
  /** max_segments: pieces of memory; pages that are next to each other in memory count as one. */
  segments: number;
}

/** One O_DIRECT write through io_uring, with all that decides whether its first attempt returns -EAGAIN. */
export interface WriteQuestion {
  /** As mount(8) names it. */
  filesystem: string;
  kernel: KernelVersion;
  /** The block devices below the filesystem, topmost first; empty where they are not known. */
  devices: readonly BlockLayer[];
  /** Of the mount: "lazytime", "data=journal", ... */
  mountOptions: readonly string[];
  inode: {
    /** chattr +C, or nodatacow: btrfs writes in place and keeps no checksums. */
    noCow: boolean;
    /** btrfs: fallocate was ever used on the file. */
    preallocated: boolean;
    /** chattr +j: file data goes through the journal. */
    dataJournal: boolean;
  };
  /** If the write crosses extents, the one that punts most: a hole before unwritten, unwritten before written. */
  extent: BlockState;
  /** Ends beyond the size of the file. */
  extending: boolean;
  /** Starts beyond the size of the file. */
  afterGap: boolean;
  /** Touches more than one extent. */
  crossesExtents: boolean;
  /** Offset and length are multiples of the filesystem's block. */
  aligned: boolean;
  /** Pages of the range are in the page cache, clean ones included; null when that is not known. */
  cached: boolean | null;
  /** Matters on block devices only; null where it is not known. */
  lengthBytes: number | null;
  /** Nothing has been written since the kernel loaded the inode. */
  firstWriteOfInode: boolean;
  /** The kernel has loaded the inode without its extents, and nothing has needed them since. */
  extentsNotRead: boolean;
  /** Somebody called stat() on the file since its last write. */
  statSinceWrite: boolean;
  /** The file is set-user-ID, or set-group-ID and executable: each write checks whether to clear that. */
  setId: boolean;
  /** IOSQE_ASYNC. */
  forced: boolean;
}

/** A write that no check refuses; predictions start from it. */
export const EASY_WRITE = {
  devices: [],
  mountOptions: [],
  inode: { noCow: false, preallocated: false, dataJournal: false },
  extent: "written",
  extending: false,
  afterGap: false,
  crossesExtents: false,
  aligned: true,
  cached: false,
  lengthBytes: null,
  firstWriteOfInode: false,
  extentsNotRead: false,
  statSinceWrite: false,
  setId: false,
  forced: false,
} as const satisfies Omit<WriteQuestion, "filesystem" | "kernel">;
