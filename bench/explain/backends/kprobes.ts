import { memberOffsets, type Offsets } from "../tracing/btf.js";
import { probeGroup } from "../tracing/leftovers.js";
import type { Tracefs } from "../tracing/tracefs.js";
import type { Backend, Watched } from "./backend.js";
import { InstanceBackend } from "./instance-backend.js";
import { PROBES, type Probe, unseenByProbes } from "./probes.js";
import { enableTracepoints } from "./tracepoints.js";

/** Returns that may be open at a time: every io-wq worker can sleep inside one. */
const OPEN_RETURNS = 256;

const MEMBERS = [
  ...["kiocb.ki_filp", "kiocb.ki_pos", "kiocb.ki_flags"],
  ...["file.f_inode", "inode.i_size", "inode.i_flags"],
  ...["ext4_inode_info.i_disksize", "ext4_inode_info.vfs_inode"],
];

/** Probes of functions through tracefs need CONFIG_KPROBE_EVENTS. */
export function hasKprobeEvents(tracefs: Tracefs): boolean {
  return tracefs.exists("kprobe_events");
}

/** Probes of kernel functions through tracefs, beside the tracepoints. */
export function openKprobes(tracefs: Tracefs, watched: Watched): Backend {
  const group = probeGroup();
  const offsets = memberOffsets(MEMBERS);
  return new InstanceBackend(
    "kprobes",
    "tracefs kprobe events and static tracepoints",
    tracefs,
    watched,
    (instance, filter) => {
      const events = enableTracepoints(instance, filter);
      for (const probe of PROBES) {
        if (!add(tracefs, group, probe, offsets)) continue;
        if (instance.enable(`${group}/${probe.name}`, filter)) events.push(probe.name);
      }
      return events;
    },
    unseenByProbes,
  );
}

/** False where this kernel has no such function, or has it inlined. */
function add(tracefs: Tracefs, group: string, probe: Probe, offsets: Offsets): boolean {
  const kind = probe.returns === null ? "p" : `r${OPEN_RETURNS}`;
  const line = `${kind}:${group}/${probe.name} ${probe.kernelFunction} ${fetched(probe, offsets)}`;
  try {
    tracefs.append("kprobe_events", `${line}\n`);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EINVAL" || code === "EADDRNOTAVAIL") return false;
    throw error;
  }
}

/** What a probe records, in the words of tracefs. */
function fetched({ name, returns, state }: Probe, offsets: Offsets): string {
  if (returns !== null) return `ret=$retval:${returns}`;
  if (!state) return "";
  return stateFetch(offsets) + (name === "write_ext4" ? diskSizeFetch(offsets) : "");
}

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
