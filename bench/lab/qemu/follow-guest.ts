import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { missingProgram } from "../host/process.js";
import { QEMU } from "./arguments.js";
import { DESCRIPTORS } from "./channels.js";
import { GuestError, type GuestFailure } from "./guest-error.js";
import { type GuestFile, guestFiles } from "./guest-output.js";
import { type GuestStatus, parseStatus } from "./guest-status.js";
import { type GuestLimits, passedLimit } from "./limits.js";

export interface GuestRun {
  /** One for each command, in order. */
  exitCodes: number[];
  files: GuestFile[];
  /** From power-on to each step, on the host's clock. */
  stepMs: Record<string, number>;
  /** The most resident memory that qemu had. */
  peakMemoryBytes: number;
}

export interface GuestWatcher {
  onStatus?: (status: GuestStatus) => void;
  /** A line that a command wrote on its standard error. */
  onLog?: (line: string) => void;
}

const CONSOLE_LINES_KEPT = 200;
const CONSOLE_LINES_SHOWN = 12;
const STANDARD_ERROR = 2;
const WATCH_EVERY_MS = 250;

/** Follows one guest from power-on until it has sent all its files, or until it fails. */
export class GuestFollower {
  readonly #run: GuestRun = { exitCodes: [], files: [], stepMs: {}, peakMemoryBytes: 0 };
  readonly #startedAtMs = performance.now();
  readonly #console: string[] = [];
  readonly #output: Buffer[] = [];
  readonly #qemuErrors: string[] = [];
  #lastSignMs = 0;
  #done = false;
  #settled = false;
  #resolve: (run: GuestRun) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(
    readonly child: ChildProcess,
    readonly limits: GuestLimits,
    readonly watcher: GuestWatcher,
  ) {}

  async follow(signal: AbortSignal): Promise<GuestRun> {
    const watch = setInterval(() => this.#watch(), WATCH_EVERY_MS);
    const abort = () => this.#reject(signal.reason);
    signal.addEventListener("abort", abort);
    try {
      return await new Promise<GuestRun>((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
        this.#listen();
      });
    } finally {
      this.#settled = true;
      clearInterval(watch);
      signal.removeEventListener("abort", abort);
    }
  }

  #listen(): void {
    const stream = (fd: number) => this.child.stdio[fd] as Readable;
    const onLine = (input: Readable, listener: (line: string) => void) =>
      createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on("line", listener);
    const onStatusLine = (line: string) => {
      const status = parseStatus(line);
      if (status) this.#onStatus(status);
    };
    onLine(stream(DESCRIPTORS.console), (line) => {
      if (this.#console.push(line) > CONSOLE_LINES_KEPT) this.#console.shift();
      onStatusLine(line);
    });
    onLine(stream(DESCRIPTORS.status), onStatusLine);
    onLine(stream(DESCRIPTORS.log), (line) => this.watcher.onLog?.(line));
    onLine(stream(STANDARD_ERROR), (line) => this.#qemuErrors.push(line));
    stream(DESCRIPTORS.output).on("data", (chunk: Buffer) => {
      this.#output.push(chunk);
      this.#finishIfComplete();
    });
    this.child.on("error", (error: NodeJS.ErrnoException) =>
      this.#reject(error.code === "ENOENT" ? missingProgram(QEMU, "qemu-system-x86") : error),
    );
    this.child.on("close", (code, killedBy) => this.#onQemuEnded(code, killedBy));
  }

  #onStatus(status: GuestStatus): void {
    if (this.#settled) return;
    this.#lastSignMs = this.#sinceStartMs();
    if (status.kind === "step") this.#run.stepMs[status.name] = this.#lastSignMs;
    if (status.kind === "exit") this.#run.exitCodes[status.command] = status.exitCode;
    if (status.kind === "done") this.#done = true;
    this.watcher.onStatus?.(status);
    if (status.kind === "fail") this.#fail("setup", `the guest cannot go on: ${status.reason}`);
    this.#finishIfComplete();
  }

  /** The last bytes may arrive before or after the report that all are sent. */
  #finishIfComplete(): void {
    if (!this.#done || this.#settled) return;
    const files = guestFiles(Buffer.concat(this.#output));
    if (files) this.#resolve({ ...this.#run, files });
  }

  #watch(): void {
    const resident = residentBytes(this.child.pid);
    this.#run.peakMemoryBytes = Math.max(this.#run.peakMemoryBytes, resident);
    const passed = passedLimit(this.limits, {
      nowMs: this.#sinceStartMs(),
      lastSignMs: this.#lastSignMs,
      started: "started" in this.#run.stepMs,
      done: this.#done,
    });
    if (passed) this.#fail(passed.failure, passed.what);
  }

  #onQemuEnded(code: number | null, killedBy: NodeJS.Signals | null): void {
    if (this.#settled) return;
    const panic = this.#console.find((line) => /Kernel panic|Oops:|BUG:/.test(line));
    if (panic) {
      this.#fail("panic", `the guest's kernel panicked: ${panic.trim()}`);
      return;
    }
    const how = killedBy ? `killed by ${killedBy}` : `exit code ${code}`;
    this.#fail(
      "qemu",
      `qemu ended early (${how}): ${this.#qemuErrors.join("; ") || "no reason given"}`,
    );
  }

  #fail(failure: GuestFailure, what: string): void {
    const lines = this.#console.map(printable).filter((line) => line.trim() !== "");
    this.#reject(new GuestError(failure, what, lines.slice(-CONSOLE_LINES_SHOWN)));
  }

  #sinceStartMs(): number {
    return performance.now() - this.#startedAtMs;
  }
}

/** A guest's console may print anything: control sequences for the terminal are dropped. */
function printable(line: string): string {
  return stripVTControlCharacters(line).replace(/\p{Cc}/gu, "");
}

function residentBytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
