import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { formatBytes } from "../../../terminal/units.js";
import { missingProgram } from "../host/process.js";
import { QEMU } from "./arguments.js";
import { DESCRIPTORS } from "./channels.js";
import { GuestError, type GuestFailure } from "./guest-error.js";
import { onGuestLine } from "./guest-lines.js";
import { type GuestFile, guestFiles, OUTPUT_BYTES_MAX } from "./guest-output.js";
import { type GuestStatus, parseStatus } from "./guest-status.js";
import { type GuestLimits, passedLimit } from "./limits.js";

export interface GuestRun {
  /** One for each command, in order. */
  exitCodes: number[];
  files: GuestFile[];
  /** The most resident memory that qemu had. */
  peakMemoryBytes: number;
}

export interface GuestWatcher {
  onStatus?: (status: GuestStatus) => void;
  /** A line that a command wrote on its standard error. */
  onLog?: (line: string) => void;
}

const LINES_KEPT = 200;
const CONSOLE_LINES_SHOWN = 12;
const STANDARD_ERROR = 2;
const WATCH_EVERY_MS = 250;

/** Follows one guest from power-on until it has sent all its files, or until it fails. */
export class GuestFollower {
  readonly #run: GuestRun = { exitCodes: [], files: [], peakMemoryBytes: 0 };
  readonly #startedAtMs = performance.now();
  readonly #console: string[] = [];
  readonly #output: Buffer[] = [];
  #outputBytes = 0;
  readonly #qemuErrors: string[] = [];
  #lastSignMs = 0;
  #started = false;
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
    const onStatusLine = (line: string) => {
      const status = parseStatus(line);
      if (status) this.#onStatus(status);
    };
    onGuestLine(stream(DESCRIPTORS.console), (line) => {
      keepLast(this.#console, line);
      onStatusLine(line);
    });
    onGuestLine(stream(DESCRIPTORS.status), onStatusLine);
    onGuestLine(stream(DESCRIPTORS.log), (line) => this.watcher.onLog?.(line));
    onGuestLine(stream(STANDARD_ERROR), (line) => keepLast(this.#qemuErrors, line));
    stream(DESCRIPTORS.output).on("data", (chunk: Buffer) => {
      this.#outputBytes += chunk.length;
      if (this.#outputBytes > OUTPUT_BYTES_MAX) {
        this.#output.length = 0;
        this.#fail("flood", `the guest sent more than ${formatBytes(OUTPUT_BYTES_MAX)} of results`);
        return;
      }
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
    if (status.kind === "step") this.#started = true;
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
      started: this.#started,
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
    const lines = this.#console.filter((line) => line.trim() !== "");
    this.#reject(new GuestError(failure, what, lines.slice(-CONSOLE_LINES_SHOWN)));
  }

  #sinceStartMs(): number {
    return performance.now() - this.#startedAtMs;
  }
}

function keepLast(lines: string[], line: string): void {
  if (lines.push(line) > LINES_KEPT) lines.shift();
}

function residentBytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
