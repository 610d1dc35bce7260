/** A probe of a kernel function, in no tracer's language. */
export interface Probe {
  /** Name of the event. */
  name: string;
  kernelFunction: string;
  /** Type of what it returns, for a probe at the return; null for one at the entry. */
  returns: "u8" | "s32" | "s64" | null;
  /** At the entry: record the state that the filesystem decides by. Its first argument is the kiocb. */
  state: boolean;
}

const entered = (name: string, kernelFunction: string, state = false): Probe => ({
  ...{ name, kernelFunction, returns: null, state },
});
const returned = (name: string, kernelFunction: string, returns: Probe["returns"]): Probe => ({
  ...{ name, kernelFunction, returns, state: false },
});

/** Inlined functions (ext4_dio_write_checks and its like) cannot be probed; these exist on Debian's kernels. */
export const PROBES: readonly Probe[] = [
  ...["ext4", "xfs", "btrfs"].flatMap((filesystem) => [
    entered(`write_${filesystem}`, `${filesystem}_file_write_iter`, true),
    returned(`write_${filesystem}_ret`, `${filesystem}_file_write_iter`, "s64"),
  ]),
  entered("write_overlay", "ovl_write_iter", true),
  returned("write_overlay_ret", "ovl_write_iter", "s64"),
  returned("read_trylock_ret", "down_read_trylock", "s32"),
  returned("write_trylock_ret", "down_write_trylock", "s32"),
  entered("checks", "ext4_generic_write_checks"),
  returned("map_blocks_ret", "ext4_map_blocks", "s32"),
  entered("file_modified", "file_modified"),
  returned("kiocb_modified_ret", "kiocb_modified", "s32"),
  entered("buffered", "ext4_buffered_write_iter"),
  returned("iomap_dio_ret", "iomap_dio_rw", "s64"),
  returned("has_page_ret", "filemap_range_has_page", "u8"),
  returned("ext4_begin_ret", "ext4_iomap_begin", "s32"),
  returned("xfs_begin_ret", "xfs_direct_write_iomap_begin", "s32"),
  returned("btrfs_check_ret", "btrfs_write_check", "s32"),
  entered("btrfs_direct", "btrfs_direct_write"),
  returned("btrfs_begin_ret", "btrfs_dio_iomap_begin", "s32"),
  returned("nocow_ret", "can_nocow_extent", "s32"),
];

/** What probes leave unseen: everything, where the filesystem's write function cannot be probed. */
export function unseenByProbes(events: readonly string[]): string[] {
  return events.some((name) => name.startsWith("write_"))
    ? []
    : ["what the filesystem does: none of ext4, XFS and btrfs is loaded, or can be probed"];
}
