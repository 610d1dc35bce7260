import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../terminal/errors.js";
import type { TraceEvent } from "../tracing/instance.js";
import type { Backend, RecordedEvents } from "./backend.js";
import { parseLine, READY, SIGN_OF_LIFE_MS } from "./bpftrace-program.js";
import { PROBES, unseenByProbes } from "./probes.js";
import { unseenByTracepoints } from "./tracepoints.js";

/** Where bpftrace looks for tracefs. */
const TRACEFS = "/sys/kernel/tracing";
/** It compiles its program first, which takes long on an emulated CPU. */
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 60_000;
const BUFFER_TOTAL_BYTES = 48 * 1024 * 1024;

export const REMEDY = "Leave --backend out, and what this kernel has is used.";

/** bpf_prog_active and its like. A cause that needs them stays unknown. */
const SKIPPED = "events that the kernel skips while another of its programs runs on that processor";

/** A running bpftrace, and what it prints. */
export class Bpftrace implements Backend {
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
