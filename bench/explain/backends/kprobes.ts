import { appendFileSync, existsSync } from "node:fs";
import { memberOffsets, type Offsets } from "../tracing/btf-offsets.js";
import { probeGroup } from "../tracing/leftovers.js";
import type { TraceInstance } from "../tracing/trace-instance.js";
import { EXT4_DISK_SIZE, PROBES, type Probe, STATE_FIELDS, type StateField } from "./events.js";

/** Calls of one function that may be under way at a time: every io-wq worker can sleep inside one. */
const CALLS_UNDER_WAY = 256;

/** Probes of functions through tracefs need CONFIG_KPROBE_EVENTS. */
export function hasKprobeEvents(tracefs: string): boolean {
  return existsSync(`${tracefs}/kprobe_events`);
}

/** Returns the names of the probes that this kernel has. */
export function enableKprobes(tracefs: string, instance: TraceInstance, filter: string): string[] {
  const group = probeGroup();
  const offsets = stateOffsets();
  return PROBES.filter(
    (probe) =>
      addProbe(tracefs, group, probe, offsets) && instance.enable(`${group}/${probe.name}`, filter),
  ).map(({ name }) => name);
}

/** false: this kernel has no such function, or has it inlined. */
function addProbe(tracefs: string, group: string, probe: Probe, offsets: Offsets): boolean {
  const { name, kernelFunction, returns, readsState } = probe;
  const kind = returns === null ? "p" : `r${CALLS_UNDER_WAY}`;
  const state = readsState ? stateArguments(offsets, name === "write_ext4") : "";
  const fetched = returns === null ? state : `ret=$retval:${returns}`;
  try {
    // Appended: a write from the start would remove the probes of other programs.
    appendFileSync(
      `${tracefs}/kprobe_events`,
      `${kind}:${group}/${name} ${kernelFunction} ${fetched}\n`,
    );
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EINVAL" || code === "EADDRNOTAVAIL") return false;
    throw error;
  }
}

const DISK_SIZE = "ext4_inode_info.i_disksize";
const VFS_INODE = "ext4_inode_info.vfs_inode";

/** The size on disk is known only where ext4 is built into the kernel. */
function stateOffsets(): Offsets {
  const members = STATE_FIELDS.flatMap(({ path }) => path);
  const offsets = memberOffsets([...members, DISK_SIZE, VFS_INODE]);
  const [disk, inode] = [offsets.get(DISK_SIZE), offsets.get(VFS_INODE)];
  if (disk === undefined || inode === undefined) return offsets;
  return new Map([...offsets, ["ext4.i_disksize", disk - inode]]);
}

/**
 * The state in the syntax of tracefs, as far as the offsets are known. The kiocb is the first member of io_uring's
 * request, so its address is that of the request in io_uring's own tracepoints.
 */
function stateArguments(offsets: Offsets, ofExt4: boolean): string {
  const fields = ofExt4 ? [...STATE_FIELDS, EXT4_DISK_SIZE] : STATE_FIELDS;
  return ["req=$arg1:x64", ...fields.flatMap((field) => stateArgument(field, offsets))].join(" ");
}

function stateArgument({ name, path, type }: StateField, offsets: Offsets): string[] {
  let address = "$arg1";
  for (const member of path) {
    const offset = offsets.get(member);
    if (offset === undefined) return [];
    address = `${offset < 0 ? "" : "+"}${offset}(${address})`;
  }
  return [`${name}=${address}:${type}`];
}
