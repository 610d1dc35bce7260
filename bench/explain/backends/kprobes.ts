import { memberOffsets, type Offsets } from "../tracing/btf-offsets.js";
import { probeGroup } from "../tracing/leftovers.js";
import type { TraceInstance } from "../tracing/trace-instance.js";
import type { Tracefs } from "../tracing/tracefs.js";
import { PROBES, type Probe } from "./probes.js";

/** Calls of one function that may be under way at a time: every io-wq worker can sleep inside one. */
const CALLS_UNDER_WAY = 256;

const MEMBERS = [
  "kiocb.ki_filp",
  "kiocb.ki_pos",
  "kiocb.ki_flags",
  "file.f_inode",
  "inode.i_size",
  "inode.i_flags",
  "ext4_inode_info.i_disksize",
  "ext4_inode_info.vfs_inode",
];

/** Probes of functions through tracefs need CONFIG_KPROBE_EVENTS. */
export function hasKprobeEvents(tracefs: Tracefs): boolean {
  return tracefs.exists("kprobe_events");
}

/** Returns the names of the probes that this kernel has. */
export function enableKprobes(tracefs: Tracefs, instance: TraceInstance, filter: string): string[] {
  const group = probeGroup();
  const offsets = memberOffsets(MEMBERS);
  return PROBES.filter(
    (probe) =>
      addProbe(tracefs, group, probe, offsets) && instance.enable(`${group}/${probe.name}`, filter),
  ).map(({ name }) => name);
}

/** false: this kernel has no such function, or has it inlined. */
function addProbe(tracefs: Tracefs, group: string, probe: Probe, offsets: Offsets): boolean {
  const { name, kernelFunction, returns, readsState } = probe;
  const kind = returns === null ? "p" : `r${CALLS_UNDER_WAY}`;
  const state = readsState ? stateArguments(offsets, name === "write_ext4") : "";
  const fetched = returns === null ? state : `ret=$retval:${returns}`;
  try {
    tracefs.append("kprobe_events", `${kind}:${group}/${name} ${kernelFunction} ${fetched}\n`);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EINVAL" || code === "EADDRNOTAVAIL") return false;
    throw error;
  }
}

/**
 * What the filesystem decides by, read at the entry of its write function, in the syntax of tracefs. The kiocb is
 * the first member of io_uring's request, so its address is that of the request in io_uring's own tracepoints.
 */
function stateArguments(offsets: Offsets, ofExt4: boolean): string {
  const at = (member: string) => offsets.get(member);
  const file = at("kiocb.ki_filp");
  const inode = at("file.f_inode");
  const kiocb = "$arg1";
  const vfsInode =
    file === undefined || inode === undefined ? null : `+${inode}(+${file}(${kiocb}))`;
  const read = (name: string, base: string | null, offset: number | undefined, type: string) =>
    base === null || offset === undefined
      ? []
      : [`${name}=${offset < 0 ? "" : "+"}${offset}(${base}):${type}`];
  // The size that ext4 has on disk lies beside the inode; known where ext4 is built into the kernel.
  const onDisk = at("ext4_inode_info.i_disksize");
  const inExt4 = at("ext4_inode_info.vfs_inode");
  const toDiskSize = onDisk === undefined || inExt4 === undefined ? undefined : onDisk - inExt4;
  return [
    `req=${kiocb}:x64`,
    ...read("pos", kiocb, at("kiocb.ki_pos"), "s64"),
    ...read("ki_flags", kiocb, at("kiocb.ki_flags"), "u32"),
    ...read("i_size", vfsInode, at("inode.i_size"), "s64"),
    ...read("i_flags", vfsInode, at("inode.i_flags"), "u32"),
    ...(ofExt4 ? read("i_disksize", vfsInode, toDiskSize, "s64") : []),
  ].join(" ");
}
