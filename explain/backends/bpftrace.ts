import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../terminal/errors.js";
import { findProgram } from "../../terminal/find-program.js";
import { parseFormat } from "../tracing/event-format.js";
import type { TraceEvent } from "../tracing/instance.js";
import type { Tracefs } from "../tracing/tracefs.js";
import type { Backend, RecordedEvents, Watched } from "./backend.js";
import {
  type Attachment,
  bpftraceProgram,
  parseLine,
  READY,
  SIGN_OF_LIFE_MS,
  type Tracepoint,
} from "./bpftrace-program.js";
import { hasKprobeEvents } from "./kprobes.js";
import { PROBES, unseenByProbes } from "./probes.js";
import {
  FILESYSTEM_TRACEPOINTS,
  IO_URING_TRACEPOINTS,
  unseenByTracepoints,
} from "./tracepoints.js";

const BTF = "/sys/kernel/btf";
/** Where bpftrace looks for tracefs. */
const TRACEFS = "/sys/kernel/tracing";
/** It compiles its program first, which takes long on an emulated CPU. */
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 60_000;
const BUFFER_TOTAL_BYTES = 48 * 1024 * 1024;

/** Whether it can be tried: it is installed, and the kernel describes its types and lets functions be probed. */
export function mayUseBpftrace(tracefs: Tracefs): boolean {
  return (
    findProgram("bpftrace") !== null &&
    existsSync(`${BTF}/vmlinux`) &&
    traceableFunctions(tracefs).size > 0
  );
}

/** Its path. Throws a UserError where it is not installed. */
export function requireBpftrace(): string {
  const program = findProgram("bpftrace");
  if (program !== null) return program;
  throw new UserError("bpftrace is not installed", `apt-get install bpftrace. ${REMEDY}`);
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

const REMEDY = "Leave --backend out, and what this kernel has is used.";

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

/** bpf_prog_active and its like. A cause that needs them stays unknown. */
const SKIPPED = "events that the kernel skips while another of its programs runs on that processor";

class Bpftrace implements Backend {
  readonly name = "bpftrace";
  readonly what: string;
  readonly cannotSee: string[];
  readonly #child: ChildProcess;
  #said = "";
  #ready = false;
  #signOfLifeNs = 0;
  #events: TraceEvent[] = [];
  #lostEvents = 0;

  constructor(
    program: string,
    text: string,
    readonly events: readonly string[],
    readonly signal: AbortSignal,
  ) {
    const probed = PROBES.some(({ name }) => events.includes(name));
    this.what = `bpftrace, ${probed ? "kernel functions and " : ""}static tracepoints`;
    this.cannotSee = [...(probed ? unseenByProbes(events) : unseenByTracepoints(events)), SKIPPED];
    this.#child = spawnIn(tracefsIsMounted(), program, ["-B", "line", "-e", text]);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => this.#heard(line));
    }
  }

  async ready(): Promise<void> {
    await this.#until(() => this.#ready, READY_WITHIN_MS, "attached its probes");
  }

  start(): void {
    this.#events = [];
    this.#lostEvents = 0;
  }

  /**
   * It reads the buffers of all processors in turn, and may be behind: what happened until now is printed when it
   * has begun another turn after one that began later than now.
   */
  async stop(): Promise<RecordedEvents> {
    for (let turns = 0; turns < 3; turns += 1) {
      const nowNs = bootTimeNs();
      await this.#until(() => this.#signOfLifeNs > nowNs, STOP_WITHIN_MS, "printed its events");
    }
    const events = this.#events.sort((a, b) => a.timeNs - b.timeNs);
    return { events, lostEvents: this.#lostEvents };
  }

  /** Its probes belong to it, and go with it. */
  remove(): void {
    this.#child.kill("SIGKILL");
  }

  #heard(line: string): void {
    const parsed = parseLine(line);
    if (line === READY) this.#ready = true;
    else if (parsed === null) this.#said += `${line}\n`;
    else if ("signOfLifeNs" in parsed) this.#signOfLifeNs = parsed.signOfLifeNs;
    else if ("lost" in parsed) this.#lostEvents += parsed.lost;
    else this.#events.push(parsed);
  }

  async #until(done: () => boolean, withinMs: number, what: string): Promise<void> {
    const endMs = performance.now() + withinMs;
    while (!done()) {
      const ended = this.#child.exitCode !== null || this.#child.signalCode !== null;
      if (!ended && !this.signal.aborted && performance.now() < endMs) {
        await sleep(SIGN_OF_LIFE_MS / 4);
        continue;
      }
      this.remove();
      this.signal.throwIfAborted();
      const why = ended ? `: ${errorIn(this.#said)}` : `, within ${withinMs / 1000} s`;
      throw new UserError(`bpftrace has not ${what}${why}`, REMEDY);
    }
  }
}

/** The clock of its events. */
function bootTimeNs(): number {
  return Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1e9;
}

function errorIn(said: string): string {
  const lines = said.split("\n").filter((line) => !line.includes("RLIMIT_MEMLOCK"));
  return lines.find((line) => /error/i.test(line))?.trim() ?? lines[0] ?? "it said nothing";
}

function tracefsIsMounted(): boolean {
  return existsSync(`${TRACEFS}/events`) || existsSync("/sys/kernel/debug/tracing/events");
}

/** Where tracefs is not mounted, it is for bpftrace alone. It ends when its output has no reader any more. */
function spawnIn(mounted: boolean, program: string, args: readonly string[]): ChildProcess {
  const pages = BUFFER_TOTAL_BYTES / availableParallelism() / 4096;
  const perCpuPages = Math.max(64, 2 ** Math.floor(Math.log2(pages)));
  const env = { ...process.env, BPFTRACE_PERF_RB_PAGES: String(perCpuPages) };
  const stdio = ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"];
  if (mounted) return spawn(program, args, { env, stdio });
  const script = `mount -t tracefs tracefs ${TRACEFS} && exec "$0" "$@"`;
  return spawn("unshare", ["-m", "sh", "-c", script, program, ...args], { env, stdio });
}
