import { availableParallelism } from "node:os";
import { TraceInstance } from "../tracing/instance.js";
import { instanceName } from "../tracing/leftovers.js";
import type { Tracefs } from "../tracing/tracefs.js";
import { type Backend, type RecordedEvents, type Watched, WORKER_PREFIX } from "./backend.js";

const BUFFER_TOTAL_KIB = 48 * 1024;

/** A backend whose events are read from a trace buffer of our own. */
export class InstanceBackend implements Backend {
  readonly #instance: TraceInstance;
  readonly events: readonly string[];
  readonly cannotSee: string[];

  /** @param enable switches events on; returns the names of those that this kernel has. */
  constructor(
    readonly name: Backend["name"],
    readonly what: string,
    tracefs: Tracefs,
    { submitterName }: Watched,
    enable: (instance: TraceInstance, filter: string) => string[],
    cannotSee: (events: readonly string[]) => string[],
  ) {
    const perCpuKiB = Math.ceil(BUFFER_TOTAL_KIB / availableParallelism());
    this.#instance = new TraceInstance(tracefs, instanceName("main"), perCpuKiB);
    this.events = enable(
      this.#instance,
      `comm == "${submitterName}" || comm ~ "${WORKER_PREFIX}*"`,
    );
    this.cannotSee = cannotSee(this.events);
  }

  start(): void {
    this.#instance.start();
  }

  async stop(): Promise<RecordedEvents> {
    this.#instance.stop();
    const lostEvents = this.#instance.lostEvents();
    return { events: this.#instance.takeEvents(), lostEvents };
  }

  /** Instances and probes are removed by their names, whoever made them: see tracing/leftovers.ts. */
  remove(): void {}
}
