import { availableParallelism } from "node:os";
import type { Driver } from "../../native/index.js";
import { UserError } from "../../terminal/errors.js";
import type { Backend, BackendName } from "./backends/backend.js";
import { type BackendRequest, checkBackend, openBackend } from "./backends/choose.js";
import { instanceName, removeAbandoned, removeOwn } from "./tracing/leftovers.js";
import { stacksIn } from "./tracing/stacks.js";
import type { Trace } from "./tracing/trace.js";
import { TraceInstance } from "./tracing/trace-instance.js";
import { openTracefs, type Tracefs } from "./tracing/tracefs.js";

const PUNT_EVENT = "io_uring/io_uring_queue_async_work";
const STACK_BUFFER_TOTAL_KIB = 8 * 1024;

/** Checks early whether tracing can be tried as requested. Throws UserError. */
export function checkTracing(driver: Driver, requested: BackendName | "auto"): void {
  checkBackend(openTracefs(driver), requested);
}

/** Records what the kernel does while something runs, and leaves nothing in the kernel. */
export class Tracer {
  readonly #tracefs: Tracefs;
  readonly #stacks: TraceInstance;
  #backend: Backend | null = null;
  readonly #removeAtExit = () => this.remove();

  private constructor(driver: Driver) {
    this.#tracefs = openTracefs(driver);
    removeAbandoned(this.#tracefs);
    process.on("exit", this.#removeAtExit);
    const perCpuKiB = Math.ceil(STACK_BUFFER_TOTAL_KIB / availableParallelism());
    this.#stacks = new TraceInstance(this.#tracefs, instanceName("stacks"), perCpuKiB);
  }

  /** Throws a UserError where tracing is not possible as requested; nothing is left in the kernel then. */
  static async open(
    driver: Driver,
    request: Omit<BackendRequest, "submitterName">,
  ): Promise<Tracer> {
    const tracer = new Tracer(driver);
    try {
      if (!tracer.#stacks.enable(PUNT_EVENT)) throw noTracepoint();
      tracer.#stacks.option("stacktrace", true);
      const { submitterName } = driver;
      tracer.#backend = await openBackend(tracer.#tracefs, { ...request, submitterName });
      return tracer;
    } catch (error) {
      tracer.remove();
      throw error;
    }
  }

  get backend(): Backend {
    if (this.#backend === null) throw new Error("the tracer is not open");
    return this.#backend;
  }

  async record<T>(work: () => Promise<T>): Promise<{ result: T; trace: Trace }> {
    this.#stacks.start();
    this.backend.start();
    try {
      const result = await work();
      const recorded = await this.backend.stop();
      this.#stacks.stop();
      return { result, trace: { ...recorded, stacks: stacksIn(this.#stacks.text()) } };
    } finally {
      this.#stacks.stop();
    }
  }

  remove(): void {
    process.off("exit", this.#removeAtExit);
    this.#backend?.remove();
    removeOwn(this.#tracefs);
  }
}

function noTracepoint(): UserError {
  return new UserError(
    "this kernel has no tracepoint io_uring:io_uring_queue_async_work",
    "It came with Linux 5.1 and needs CONFIG_FTRACE.",
  );
}
