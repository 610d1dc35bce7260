import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeFileSync,
} from "node:fs";
import { decode, type EventFormat, parseFormat } from "./event-format.js";
import { parsePageLayout, type RawRecord, recordsOf } from "./ring-buffer.js";
import type { TraceEvent } from "./trace.js";

// TRACE_FLAG_HARDIRQ | TRACE_FLAG_SOFTIRQ: the event belongs to an interrupt, not to the thread.
const IN_INTERRUPT = 0x08 | 0x10;

/** A tracefs instance: a separate trace buffer, so that other tracing on this machine neither sees nor disturbs it. */
export class TraceInstance {
  readonly path: string;
  readonly #formats = new Map<number, EventFormat>();

  /** @param tracefs path of its root. */
  constructor(
    readonly tracefs: string,
    name: string,
    bufferKiBPerCpu: number,
  ) {
    this.path = `${tracefs}/instances/${name}`;
    mkdirSync(this.path);
    this.#write("tracing_on", "0");
    this.#write("trace_clock", "mono");
    this.#write("buffer_size_kb", String(bufferKiBPerCpu));
    // A full buffer keeps the oldest events and counts those that no longer fit.
    this.option("overwrite", false);
  }

  /** False where this kernel has no such event. */
  enable(event: string, filter: string | null = null): boolean {
    if (!existsSync(`${this.path}/events/${event}/enable`)) return false;
    if (filter !== null) this.#write(`events/${event}/filter`, filter);
    const format = parseFormat(this.#read(`events/${event}/format`));
    this.#formats.set(format.id, format);
    this.#write(`events/${event}/enable`, "1");
    return true;
  }

  option(name: string, on: boolean): void {
    this.#write(`options/${name}`, on ? "1" : "0");
  }

  /** Empties the buffer and records from now on. */
  start(): void {
    this.#write("trace", "");
    this.#write("tracing_on", "1");
  }

  stop(): void {
    this.#write("tracing_on", "0");
  }

  /** What was recorded, as the kernel prints it. */
  text(): string {
    return this.#read("trace");
  }

  /** Takes everything recorded out of the buffer, in the order of time. */
  takeEvents(): TraceEvent[] {
    const layout = parsePageLayout(readFileSync(`${this.tracefs}/events/header_page`, "utf8"));
    const events = this.#cpus()
      .flatMap((cpu) => this.#pages(cpu, layout.pageBytes))
      .flatMap((page) => recordsOf(page, layout))
      .flatMap((record) => this.#decoded(record) ?? []);
    return events.sort((a, b) => a.timeNs - b.timeNs);
  }

  /** Events that did not fit into the buffer. */
  lostEvents(): number {
    const stats = this.#cpus().map((cpu) => this.#read(`per_cpu/${cpu}/stats`));
    const counts = stats.join("\n").matchAll(/^(?:overrun|commit overrun|dropped events): (\d+)/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  #decoded({ timeNs, data }: RawRecord): TraceEvent | null {
    const format = data.length < 8 ? undefined : this.#formats.get(data.readUInt16LE(0));
    if (format === undefined || (data.readUInt8(2) & IN_INTERRUPT) !== 0) return null;
    return { timeNs, tid: data.readInt32LE(4), name: format.name, fields: decode(format, data) };
  }

  #pages(cpu: string, pageBytes: number): Buffer[] {
    const pages: Buffer[] = [];
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    const pipe = openSync(`${this.path}/per_cpu/${cpu}/trace_pipe_raw`, flags);
    try {
      for (;;) {
        const page = Buffer.alloc(pageBytes);
        if (readOrNothing(pipe, page) < pageBytes) return pages;
        pages.push(page);
      }
    } finally {
      closeSync(pipe);
    }
  }

  #cpus(): string[] {
    return readdirSync(`${this.path}/per_cpu`);
  }

  #read(name: string): string {
    return readFileSync(`${this.path}/${name}`, "utf8");
  }

  #write(name: string, text: string): void {
    writeFileSync(`${this.path}/${name}`, text);
  }
}

function readOrNothing(pipe: number, page: Buffer): number {
  try {
    return readSync(pipe, page);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
    throw error;
  }
}
