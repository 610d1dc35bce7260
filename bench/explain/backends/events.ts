/** What io_uring does with each request. The first was renamed in Linux 6.2. */
export const IO_URING_TRACEPOINTS = [
  "io_uring/io_uring_submit_sqe",
  "io_uring/io_uring_submit_req",
  "io_uring/io_uring_queue_async_work",
] as const;

/** What happens inside the filesystem. Each kernel version has some of them. */
export const FILESYSTEM_TRACEPOINTS = [
  "iomap/iomap_dio_rw_begin",
  "iomap/iomap_dio_rw_queued",
  "iomap/iomap_dio_complete",
  "iomap/iomap_iter",
  "iomap/iomap_iter_dstmap",
  "ext4/ext4_es_lookup_extent_exit",
  "ext4/ext4_ext_map_blocks_exit",
  "btrfs/btrfs_get_extent",
  "xfs/xfs_file_direct_write",
  "xfs/xfs_iomap_found",
  "xfs/xfs_iomap_alloc",
] as const;

/** A probe of a kernel function; each backend writes it in its own syntax. */
export interface Probe {
  /** Name of the event. */
  name: string;
  kernelFunction: string;
  /** Type of the return value, for a probe at the return; null for a probe at the entry. */
  returns: "u8" | "s32" | "s64" | null;
  /** At the entry, reads STATE_FIELDS. The first argument of the function is the kiocb. */
  readsState: boolean;
}

/** A value read at the entry of a write function, by the struct members that lead to it from the kiocb. */
export interface StateField {
  name: string;
  path: readonly string[];
  type: "s64" | "u32";
}

const TO_INODE = ["kiocb.ki_filp", "file.f_inode"];

/** What the filesystem decides by. */
export const STATE_FIELDS: readonly StateField[] = [
  { name: "pos", path: ["kiocb.ki_pos"], type: "s64" },
  { name: "ki_flags", path: ["kiocb.ki_flags"], type: "u32" },
  { name: "i_size", path: [...TO_INODE, "inode.i_size"], type: "s64" },
  { name: "i_flags", path: [...TO_INODE, "inode.i_flags"], type: "u32" },
];
/** The size that ext4 has on disk. It lies beside the inode, at an offset that the backend must add. */
export const EXT4_DISK_SIZE: StateField = {
  name: "i_disksize",
  path: [...TO_INODE, "ext4.i_disksize"],
  type: "s64",
};

function atEntry(name: string, kernelFunction: string, readsState = false): Probe {
  return { name, kernelFunction, returns: null, readsState };
}

function atReturn(name: string, kernelFunction: string, returns: Probe["returns"]): Probe {
  return { name, kernelFunction, returns, readsState: false };
}

/** Functions that Debian's kernels have. Inlined ones, such as ext4_dio_write_checks, cannot be probed. */
export const PROBES: readonly Probe[] = [
  ...["ext4", "xfs", "btrfs"].flatMap((filesystem) => [
    atEntry(`write_${filesystem}`, `${filesystem}_file_write_iter`, true),
    atReturn(`write_${filesystem}_ret`, `${filesystem}_file_write_iter`, "s64"),
  ]),
  atEntry("write_overlay", "ovl_write_iter", true),
  atReturn("write_overlay_ret", "ovl_write_iter", "s64"),
  atReturn("read_trylock_ret", "down_read_trylock", "s32"),
  atReturn("write_trylock_ret", "down_write_trylock", "s32"),
  atEntry("checks", "ext4_generic_write_checks"),
  atReturn("map_blocks_ret", "ext4_map_blocks", "s32"),
  atEntry("file_modified", "file_modified"),
  atReturn("kiocb_modified_ret", "kiocb_modified", "s32"),
  atEntry("buffered", "ext4_buffered_write_iter"),
  atReturn("iomap_dio_ret", "iomap_dio_rw", "s64"),
  atReturn("has_page_ret", "filemap_range_has_page", "u8"),
  atReturn("ext4_begin_ret", "ext4_iomap_begin", "s32"),
  atReturn("xfs_begin_ret", "xfs_direct_write_iomap_begin", "s32"),
  atReturn("btrfs_check_ret", "btrfs_write_check", "s32"),
  atEntry("btrfs_direct", "btrfs_direct_write"),
  atReturn("btrfs_begin_ret", "btrfs_dio_iomap_begin", "s32"),
  atReturn("nocow_ret", "can_nocow_extent", "s32"),
];

/** Where no filesystem's write function can be probed, probes show nothing of the filesystem. */
export function unseenByProbes(events: readonly string[]): string[] {
  return events.some((name) => name.startsWith("write_"))
    ? []
    : ["what the filesystem does: none of ext4, XFS and btrfs is loaded, or can be probed"];
}

/** What the static tracepoints alone do not show. */
export function unseenByTracepoints(events: readonly string[]): string[] {
  return [
    "what the filesystem returned to the submitter",
    "locks and security attributes, except where no other check remains (above depth 1 a lock may have refused a write before the cause that is named)",
    ...(events.includes("iomap/iomap_dio_rw_begin")
      ? []
      : ["the size of the file", "cached pages", "what the worker got"]),
  ];
}
