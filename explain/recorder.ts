import { availableParallelism } from "node:os";
import type { Driver } from "../native/index.js";
import { UserError } from "../terminal/errors.js";
import { type Backend, type BackendName, hasKprobes } from "./backends/backend.js";
import { kprobes } from "./backends/kprobes.js";
import { tracepoints } from "./backends/tracepoints.js";
import { type StackSample, stacksIn } from "./stacks.js";
import { type TraceEvent, TraceInstance } from "./tracing/instance.js";
import { instanceName, removeAbandoned, removeOwn } from "./tracing/leftovers.js";
import { openTracefs, type Tracefs } from "./tracing/tracefs.js";

/** What the kernel did while something ran. */
export interface Recording {
  events: TraceEvent[];
  /** Of each punt, in their order. */
  stacks: StackSample[];
  lostEvents: number;
}

const PUNT_EVENT = "io_uring/io_uring_queue_async_work";
const BUFFER_TOTAL_KIB = 48 * 1024;
const STACK_BUFFER_TOTAL_KIB = 8 * 1024;

/** Switches tracing on for what runs between `record`'s start and end, and leaves nothing of it behind. */
export class Recorder {
  readonly #tracefs: Tracefs;
  readonly #backend: Backend;
  readonly #main: TraceInstance;
  readonly #stacks: TraceInstance;
  /** Names of the events that this kernel has. */
  readonly events: readonly string[];
  readonly #removeAtExit = () => this.remove();

  constructor(driver: Driver, wanted: BackendName | "auto") {
    this.#tracefs = openTracefs(driver);
    removeAbandoned(this.#tracefs);
    this.#backend = chosenBackend(this.#tracefs, wanted);
    process.on("exit", this.#removeAtExit);
    try {
      const perCpu = (totalKiB: number) => Math.ceil(totalKiB / availableParallelism());
      this.#stacks = new TraceInstance(
        this.#tracefs,
        instanceName("stacks"),
        perCpu(STACK_BUFFER_TOTAL_KIB),
      );
      if (!this.#stacks.enable(PUNT_EVENT)) throw noTracepoint();
      this.#stacks.option("stacktrace", true);
      this.#main = new TraceInstance(this.#tracefs, instanceName("main"), perCpu(BUFFER_TOTAL_KIB));
      // Probes of common functions are hit all over the system: only ours are recorded.
      const filter = `comm == "${driver.submitterName}" || comm ~ "iou-wrk-*"`;
      this.events = this.#backend.enable(this.#main, filter);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  get backend(): BackendName {
    return this.#backend.name;
  }

  get backendWhat(): string {
    return this.#backend.what;
  }

  get cannotSee(): string[] {
    return this.#backend.cannotSee(this.events);
  }

  async record<T>(work: () => Promise<T>): Promise<{ result: T; recording: Recording }> {
    this.#stacks.start();
    this.#main.start();
    try {
      const result = await work();
      this.#main.stop();
      this.#stacks.stop();
      const lostEvents = this.#main.lostEvents();
      const events = this.#main.takeEvents();
      return { result, recording: { events, stacks: stacksIn(this.#stacks.text()), lostEvents } };
    } finally {
      this.#main.stop();
      this.#stacks.stop();
    }
  }

  remove(): void {
    process.off("exit", this.#removeAtExit);
    removeOwn(this.#tracefs);
  }
}

function chosenBackend(tracefs: Tracefs, wanted: BackendName | "auto"): Backend {
  if (wanted === "kprobes" && !hasKprobes(tracefs)) {
    throw new UserError(
      "this kernel has no kprobe events (CONFIG_KPROBE_EVENTS)",
      "Leave --backend out: the static tracepoints explain part of the punts.",
    );
  }
  return wanted !== "tracepoints" && hasKprobes(tracefs) ? kprobes(tracefs) : tracepoints();
}

function noTracepoint(): UserError {
  return new UserError(
    "this kernel has no tracepoint io_uring:io_uring_queue_async_work",
    "It came with Linux 5.1 and needs CONFIG_FTRACE.",
  );
}
