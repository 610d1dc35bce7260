import { existsSync, readFileSync } from "node:fs";
import { UserError } from "../../../terminal/errors.js";
import { findProgram } from "../../../terminal/find-program.js";
import { parseFormat } from "../tracing/event-format.js";
import type { Tracefs } from "../tracing/tracefs.js";
import type { Backend, Watched } from "./backend.js";
import { Bpftrace, REMEDY } from "./bpftrace-process.js";
import { type Attachment, bpftraceProgram, type Tracepoint } from "./bpftrace-program.js";
import { hasKprobeEvents } from "./kprobes.js";
import { PROBES } from "./probes.js";
import { FILESYSTEM_TRACEPOINTS, IO_URING_TRACEPOINTS } from "./tracepoints.js";

const BTF = "/sys/kernel/btf";

/** Whether it can be tried: it is installed, and the kernel describes its types and lets functions be probed. */
export function mayUseBpftrace(tracefs: Tracefs): boolean {
  return (
    findProgram("bpftrace") !== null &&
    existsSync(`${BTF}/vmlinux`) &&
    traceableFunctions(tracefs).size > 0
  );
}

/** Its path. Throws a UserError where it is not installed, or the kernel does not describe its types. */
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
 * Probes by bpftrace: through type information (fentry, fexit) where the kernel has it for a function, else, and
 * where that is refused, by kprobes. Throws a UserError when it cannot be used here.
 */
export async function openBpftrace(
  tracefs: Tracefs,
  watched: Watched,
  signal: AbortSignal,
): Promise<Backend> {
  const program = requireBpftrace();
  const found = [...IO_URING_TRACEPOINTS, ...FILESYSTEM_TRACEPOINTS].filter((event) =>
    tracefs.exists(`events/${event}/format`),
  );
  const tracepoints = found.map(
    (event): Tracepoint => ({
      group: event.split("/")[0] as string,
      format: parseFormat(tracefs.read(`events/${event}/format`)),
      ofAll: event.startsWith("io_uring/"),
    }),
  );
  const kernelTypes = readFileSync(`${BTF}/vmlinux`);
  const isKnown = (type: string) => kernelTypes.includes(`\0${type}\0`);
  const attach = async (byTypes: boolean): Promise<Backend> => {
    const attachments = attachmentsOf(tracefs, byTypes);
    const events = [...found, ...attachments.map(({ probe }) => probe.name)];
    const text = bpftraceProgram(tracepoints, attachments, watched, isKnown);
    const running = new Bpftrace(program, text, events, signal);
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

/** Functions with more than six, which no fentry program can be attached to. */
const MANY_PARAMETERS = ["iomap_dio_rw"];

/** Where neither type information nor kprobes reach a function, it is left out. */
function attachmentsOf(tracefs: Tracefs, byTypes: boolean): Attachment[] {
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

/** Those of our probes that the kernel lets be traced; none where it does not say. */
function traceableFunctions(tracefs: Tracefs): ReadonlySet<string> {
  const wanted = new Set(PROBES.map(({ kernelFunction }) => kernelFunction));
  try {
    const lines = tracefs.read("available_filter_functions").split("\n");
    return new Set(lines.map((line) => line.split(" ")[0] as string).filter((n) => wanted.has(n)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EPERM" || code === "EACCES") return new Set();
    throw error;
  }
}
