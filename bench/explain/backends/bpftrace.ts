import { existsSync, readFileSync } from "node:fs";
import { UserError } from "../../../terminal/errors.js";
import { findProgram } from "../../../terminal/find-program.js";
import { parseFormat } from "../tracing/event-format.js";
import type { Backend } from "./backend.js";
import { BpftraceProcess, REMEDY } from "./bpftrace-process.js";
import { type Attachment, bpftraceProgram, type Tracepoint } from "./bpftrace-program.js";
import { FILESYSTEM_TRACEPOINTS, IO_URING_TRACEPOINTS, PROBES } from "./events.js";
import { hasKprobeEvents } from "./kprobes.js";

const BTF = "/sys/kernel/btf";

/** Whether it can be tried: bpftrace is installed, and this kernel has type information and traceable functions. */
export function mayUseBpftrace(tracefs: string): boolean {
  return (
    findProgram("bpftrace") !== null &&
    existsSync(`${BTF}/vmlinux`) &&
    traceableFunctions(tracefs).size > 0
  );
}

/** Path of the program. Throws a UserError where it is not installed, or this kernel has no type information. */
export function requireBpftrace(): string {
  const program = findProgram("bpftrace");
  if (program === null) {
    throw new UserError("bpftrace is not installed", `apt-get install bpftrace. ${REMEDY}`);
  }
  if (existsSync(`${BTF}/vmlinux`)) return program;
  throw new UserError(
    "bpftrace needs a kernel with type information (CONFIG_DEBUG_INFO_BTF)",
    REMEDY,
  );
}

/**
 * Attaches by type information (fentry, fexit) to the functions that the kernel describes, and by kprobes to the
 * others. Where the first is refused, by kprobes to all. Throws a UserError when bpftrace cannot be used here.
 */
export async function openBpftrace(
  tracefs: string,
  submitterName: string,
  signal: AbortSignal,
): Promise<Backend> {
  const program = requireBpftrace();
  const found = [...IO_URING_TRACEPOINTS, ...FILESYSTEM_TRACEPOINTS].filter((event) =>
    existsSync(`${tracefs}/events/${event}/format`),
  );
  const tracepoints = found.map(
    (event): Tracepoint => ({
      group: event.split("/")[0] as string,
      format: parseFormat(readFileSync(`${tracefs}/events/${event}/format`, "utf8")),
      ofAllThreads: event.startsWith("io_uring/"),
    }),
  );
  const kernelTypes = readFileSync(`${BTF}/vmlinux`);
  const isKnownType = (type: string) => kernelTypes.includes(`\0${type}\0`);
  const attach = async (byTypes: boolean): Promise<Backend> => {
    const attachments = attachmentsOf(tracefs, byTypes);
    const events = [...found, ...attachments.map(({ probe }) => probe.name)];
    const text = bpftraceProgram(tracepoints, attachments, submitterName, isKnownType);
    const running = new BpftraceProcess(program, text, events, signal);
    await running.ready();
    return running;
  };
  try {
    return await attach(true);
  } catch (error) {
    if (!(error instanceof UserError) || !hasKprobeEvents(tracefs)) throw error;
    return attach(false);
  }
}

/** Functions with more than six parameters: fentry programs cannot be attached to them. */
const MANY_PARAMETERS = ["iomap_dio_rw"];

/** A function that neither type information nor kprobes reach is left out. */
function attachmentsOf(tracefs: string, byTypes: boolean): Attachment[] {
  const traceable = traceableFunctions(tracefs);
  const kprobes = hasKprobeEvents(tracefs);
  const types = byTypes ? ["vmlinux", "ext4", "xfs", "btrfs"] : [];
  const described = types
    .filter((name) => existsSync(`${BTF}/${name}`))
    .map((name) => ({ name, btf: readFileSync(`${BTF}/${name}`) }));
  return PROBES.filter(({ kernelFunction }) => traceable.has(kernelFunction)).flatMap((probe) => {
    const owner = MANY_PARAMETERS.includes(probe.kernelFunction)
      ? undefined
      : described.find(({ btf }) => btf.includes(`\0${probe.kernelFunction}\0`));
    if (owner === undefined && !kprobes) return [];
    return [{ probe, btfModule: owner?.name ?? null }];
  });
}

/** The functions of our probes that this kernel can trace; empty where it does not list them. */
function traceableFunctions(tracefs: string): ReadonlySet<string> {
  const wanted = new Set(PROBES.map(({ kernelFunction }) => kernelFunction));
  try {
    const lines = readFileSync(`${tracefs}/available_filter_functions`, "utf8").split("\n");
    return new Set(lines.map((line) => line.split(" ")[0] as string).filter((n) => wanted.has(n)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EPERM" || code === "EACCES") return new Set();
    throw error;
  }
}
