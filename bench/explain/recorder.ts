import { availableParallelism } from "node:os";
import type { Driver } from "../../native/index.js";
import { UserError } from "../../terminal/errors.js";
import type { Backend, BackendName, RecordedEvents } from "./backends/backend.js";
import { checkBackend, openBackend } from "./backends/choose.js";
import { type StackSample, stacksIn } from "./stacks.js";
import { TraceInstance } from "./tracing/instance.js";
import { instanceName, removeAbandoned, removeOwn } from "./tracing/leftovers.js";
import { openTracefs, type Tracefs } from "./tracing/tracefs.js";

/** What the kernel did while something ran. */
export interface Recording extends RecordedEvents {
  /** Of each punt, in their order. */
  stacks: StackSample[];
}

const PUNT_EVENT = "io_uring/io_uring_queue_async_work";
const STACK_BUFFER_TOTAL_KIB = 8 * 1024;

/** Whether tracing can be tried as asked, for those who do much before it. Throws UserError. */
export function checkTracing(driver: Driver, wanted: BackendName | "auto"): void {
  checkBackend(openTracefs(driver), wanted);
}

/** Switches tracing on for what runs between `record`'s start and end, and leaves nothing of it behind. */
export class Recorder {
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

  /** @param say told what could not be used. Throws UserError, and then leaves nothing behind either. */
  static async open(
    driver: Driver,
    wanted: BackendName | "auto",
    say: (text: string) => void,
    signal: AbortSignal,
  ): Promise<Recorder> {
    const recorder = new Recorder(driver);
    try {
      if (!recorder.#stacks.enable(PUNT_EVENT)) throw noTracepoint();
      recorder.#stacks.option("stacktrace", true);
      const watched = { submitterName: driver.submitterName };
      recorder.#backend = await openBackend(
        ...([recorder.#tracefs, wanted, watched, say, signal] as const),
      );
      return recorder;
    } catch (error) {
      recorder.remove();
      throw error;
    }
  }

  get backend(): Backend {
    if (this.#backend === null) throw new Error("the recorder is not open");
    return this.#backend;
  }

  async record<T>(work: () => Promise<T>): Promise<{ result: T; recording: Recording }> {
    this.#stacks.start();
    this.backend.start();
    try {
      const result = await work();
      const recorded = await this.backend.stop();
      this.#stacks.stop();
      return { result, recording: { ...recorded, stacks: stacksIn(this.#stacks.text()) } };
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
