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

/** What the static tracepoints alone do not show. */
export function unseenByTracepoints(events: readonly string[]): string[] {
  return [
    "what the filesystem returned to the submitter",
    "locks and security attributes, except where nothing else is left (above depth 1 a lock may have refused a write before the cause that is named)",
    ...(events.includes("iomap/iomap_dio_rw_begin")
      ? []
      : ["the size of the file", "cached pages", "what the worker got"]),
  ];
}
