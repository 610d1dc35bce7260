import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../terminal/errors.js";
import type { TraceEvent } from "../tracing/trace.js";
import type { Backend } from "./backend.js";
import { HEARTBEAT_MS, parseLine, READY } from "./bpftrace-program.js";
import { PROBES, unseenByProbes, unseenByTracepoints } from "./events.js";

/** Where bpftrace looks for tracefs. */
const TRACEFS = "/sys/kernel/tracing";
/** bpftrace compiles its program first, which takes long on an emulated CPU. */
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 60_000;
const BUFFER_TOTAL_BYTES = 48 * 1024 * 1024;

export const REMEDY = "Leave --backend out, and what this kernel has is used.";

/** The kernel runs no BPF program inside another one (bpf_prog_active). A cause that needs such events stays unknown. */
const SKIPPED = "events that the kernel skips while another BPF program runs on the same processor";

/** A running bpftrace, and the events that it prints. */
export class BpftraceProcess implements Backend {
  readonly name = "bpftrace";
  readonly what: string;
  readonly cannotSee: string[];
  readonly #child: ChildProcessWithoutNullStreams;
  /** Messages of bpftrace itself. */
  #messages = "";
  #ready = false;
  #heartbeatNs = 0;
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
    this.#child = spawnWithTracefs(program, ["-B", "line", "-e", text]);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => this.#readLine(line));
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
   * bpftrace reads the buffers of all processors in turn, and may lag. A heartbeat that is later than now shows that
   * a turn began after now; the events until now are all printed once the next turn has begun too.
   */
  async stop(): Promise<{ events: TraceEvent[]; lostEvents: number }> {
    for (let turns = 0; turns < 3; turns += 1) {
      const nowNs = bootTimeNs();
      await this.#until(() => this.#heartbeatNs > nowNs, STOP_WITHIN_MS, "printed its events");
    }
    const events = this.#events.sort((a, b) => a.timeNs - b.timeNs);
    return { events, lostEvents: this.#lostEvents };
  }

  /** The kernel removes the probes of a process that ends. */
  remove(): void {
    this.#child.kill("SIGKILL");
  }

  #readLine(line: string): void {
    const parsed = parseLine(line);
    if (line === READY) this.#ready = true;
    else if (parsed === null) this.#messages += `${line}\n`;
    else if ("heartbeatNs" in parsed) this.#heartbeatNs = parsed.heartbeatNs;
    else if ("lost" in parsed) this.#lostEvents += parsed.lost;
    else this.#events.push(parsed);
  }

  async #until(done: () => boolean, withinMs: number, what: string): Promise<void> {
    const endMs = performance.now() + withinMs;
    while (!done()) {
      const ended = this.#child.exitCode !== null || this.#child.signalCode !== null;
      if (!ended && !this.signal.aborted && performance.now() < endMs) {
        await sleep(HEARTBEAT_MS / 4);
        continue;
      }
      this.remove();
      this.signal.throwIfAborted();
      const why = ended ? `: ${errorIn(this.#messages)}` : `, within ${withinMs / 1000} s`;
      throw new UserError(`bpftrace has not ${what}${why}`, REMEDY);
    }
  }
}

/** The clock of its events. */
function bootTimeNs(): number {
  return Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1e9;
}

function errorIn(messages: string): string {
  const lines = messages.split("\n").filter((line) => !line.includes("RLIMIT_MEMLOCK"));
  return lines.find((line) => /error/i.test(line))?.trim() ?? lines[0] ?? "it gave no reason";
}

/** Mounts tracefs for bpftrace alone where it is not mounted. bpftrace ends once nobody reads its output. */
function spawnWithTracefs(
  program: string,
  args: readonly string[],
): ChildProcessWithoutNullStreams {
  const pages = BUFFER_TOTAL_BYTES / availableParallelism() / 4096;
  const perCpuPages = Math.max(64, 2 ** Math.floor(Math.log2(pages)));
  const env = { ...process.env, BPFTRACE_PERF_RB_PAGES: String(perCpuPages) };
  const mounted = [TRACEFS, "/sys/kernel/debug/tracing"].some((path) =>
    existsSync(`${path}/events`),
  );
  if (mounted) return spawn(program, args, { env });
  const script = `mount -t tracefs tracefs ${TRACEFS} && exec "$0" "$@"`;
  return spawn("unshare", ["-m", "sh", "-c", script, program, ...args], { env });
}
