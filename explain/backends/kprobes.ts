import { memberOffsets, type Offsets } from "../tracing/btf.js";
import type { TraceInstance } from "../tracing/instance.js";
import { probeGroup } from "../tracing/leftovers.js";
import type { Tracefs } from "../tracing/tracefs.js";
import type { Backend } from "./backend.js";
import { enableTracepoints } from "./tracepoints.js";

/** Returns that may be open at a time: every io-wq worker can sleep inside one. */
const OPEN_RETURNS = 256;

interface Probe {
  /** Name of the event. */
  name: string;
  kernelFunction: string;
  at: "entry" | "return";
  /** In the words of tracefs, e.g. `ret=$retval:s64`. */
  fetch: string;
}

const returned = (name: string, kernelFunction: string, type: string): Probe => ({
  name,
  kernelFunction,
  at: "return",
  fetch: `ret=$retval:${type}`,
});
const entered = (name: string, kernelFunction: string, fetch = ""): Probe => ({
  name,
  kernelFunction,
  at: "entry",
  fetch,
});

const MEMBERS = [
  ...["kiocb.ki_filp", "kiocb.ki_pos", "kiocb.ki_flags"],
  ...["file.f_inode", "inode.i_size", "inode.i_flags"],
  ...["ext4_inode_info.i_disksize", "ext4_inode_info.vfs_inode"],
];

/**
 * The state that the filesystem decides by, read at the entry of its write function. The kiocb is the first
 * member of io_uring's request, so its address is that of the request in io_uring's own tracepoints.
 */
function stateFetch(offsets: Offsets): string {
  const at = (member: string) => offsets.get(member);
  const file = at("kiocb.ki_filp");
  const inode = at("file.f_inode");
  const ofKiocb = (name: string, member: string, type: string) =>
    at(member) === undefined ? [] : [`${name}=+${at(member)}($arg1):${type}`];
  const ofInode = (name: string, member: string, type: string) =>
    file === undefined || inode === undefined || at(member) === undefined
      ? []
      : [`${name}=+${at(member)}(+${inode}(+${file}($arg1))):${type}`];
  return [
    "req=$arg1:x64",
    ...ofKiocb("pos", "kiocb.ki_pos", "s64"),
    ...ofKiocb("ki_flags", "kiocb.ki_flags", "u32"),
    ...ofInode("i_size", "inode.i_size", "s64"),
    ...ofInode("i_flags", "inode.i_flags", "u32"),
  ].join(" ");
}

/** The size that ext4 has on disk lies beside the inode; known where ext4 is built into the kernel. */
function diskSizeFetch(offsets: Offsets): string {
  const [disk, vfs, file, inode] = [
    ...["ext4_inode_info.i_disksize", "ext4_inode_info.vfs_inode"],
    ...["kiocb.ki_filp", "file.f_inode"],
  ].map((member) => offsets.get(member));
  if (disk === undefined || vfs === undefined || file === undefined || inode === undefined)
    return "";
  const offset = disk - vfs;
  return ` i_disksize=${offset < 0 ? "" : "+"}${offset}(+${inode}(+${file}($arg1))):s64`;
}

/** Inlined functions (ext4_dio_write_checks and its like) cannot be probed; these exist on Debian's kernels. */
function probesOf(offsets: Offsets): Probe[] {
  const state = stateFetch(offsets);
  return [
    ...["ext4", "xfs", "btrfs"].flatMap((filesystem) => [
      entered(
        `write_${filesystem}`,
        `${filesystem}_file_write_iter`,
        filesystem === "ext4" ? state + diskSizeFetch(offsets) : state,
      ),
      returned(`write_${filesystem}_ret`, `${filesystem}_file_write_iter`, "s64"),
    ]),
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
}

/** Probes of kernel functions through tracefs, beside the tracepoints. */
export function kprobes(tracefs: Tracefs): Backend {
  const group = probeGroup();
  const made: string[] = [];
  return {
    name: "kprobes",
    what: "tracefs kprobe events and static tracepoints",
    enable(instance: TraceInstance, filter: string) {
      const events = enableTracepoints(instance, filter);
      for (const probe of probesOf(memberOffsets(MEMBERS))) {
        if (!add(tracefs, group, probe)) continue;
        made.push(probe.name);
        if (instance.enable(`${group}/${probe.name}`, filter)) events.push(probe.name);
      }
      return events;
    },
    cannotSee: (events) =>
      ["ext4", "xfs", "btrfs"].some((filesystem) => events.includes(`write_${filesystem}`))
        ? []
        : ["what the filesystem does: none of ext4, XFS and btrfs is loaded, or can be probed"],
    remove() {
      for (const name of made.splice(0)) tracefs.append("kprobe_events", `-:${group}/${name}\n`);
    },
  };
}

/** False where this kernel has no such function, or has it inlined. */
function add(tracefs: Tracefs, group: string, { name, kernelFunction, at, fetch }: Probe): boolean {
  const kind = at === "entry" ? "p" : `r${OPEN_RETURNS}`;
  try {
    tracefs.append("kprobe_events", `${kind}:${group}/${name} ${kernelFunction} ${fetch}\n`);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EINVAL" || code === "EADDRNOTAVAIL") return false;
    throw error;
  }
}
