import { closeSync } from "node:fs";
import { availableParallelism } from "node:os";
import { holdDirectory } from "../../native/held-directory.js";
import type { Driver } from "../../native/index.js";
import { UserError } from "../../terminal/errors.js";
import type { Backend, BackendName } from "./backends/backend.js";
import { type BackendRequest, checkBackend, openBackend } from "./backends/choose.js";
import { instanceName, removeAbandoned, removeOwn, whileMaking } from "./tracing/leftovers.js";
import { stacksIn } from "./tracing/stacks.js";
import type { Trace } from "./tracing/trace.js";
import { TraceInstance } from "./tracing/trace-instance.js";
import { openTracefs } from "./tracing/tracefs.js";

const PUNT_EVENT = "io_uring/io_uring_queue_async_work";
const STACK_BUFFER_TOTAL_KIB = 8 * 1024;

/** Checks early whether tracing can be tried as requested. Throws UserError. */
export function checkTracing(driver: Driver, requested: BackendName | "auto"): void {
  checkBackend(openTracefs(driver), requested);
}

/** Records what the kernel does while something runs. */
export interface Tracer {
  backend: Backend;
  record<T>(work: () => Promise<T>): Promise<{ result: T; trace: Trace }>;
  /** Leaves nothing in the kernel. Also runs when the process exits. */
  remove(): void;
}

/** Throws a UserError where tracing is not possible as requested; nothing is left in the kernel then. */
export async function openTracer(
  driver: Driver,
  request: Omit<BackendRequest, "submitterName">,
): Promise<Tracer> {
  const tracefs = openTracefs(driver);
  removeAbandoned(driver, tracefs);
  let opened: Backend | null = null;
  let held: number | null = null;
  const remove = () => {
    process.off("exit", remove);
    opened?.remove();
    if (held !== null) closeSync(held);
    held = null;
    removeOwn(tracefs);
  };
  process.on("exit", remove);
  try {
    const perCpuKiB = Math.ceil(STACK_BUFFER_TOTAL_KIB / availableParallelism());
    const stacks = await whileMaking(driver, tracefs, () => {
      const instance = new TraceInstance(tracefs, instanceName("stacks"), perCpuKiB);
      held = holdDirectory(driver, instance.path);
      return instance;
    });
    if (!stacks.enable(PUNT_EVENT)) {
      throw new UserError(
        "this kernel has no tracepoint io_uring:io_uring_queue_async_work",
        "It came with Linux 5.1 and needs CONFIG_FTRACE.",
      );
    }
    stacks.option("stacktrace", true);
    const { submitterName } = driver;
    const backend = await openBackend(tracefs, { ...request, submitterName });
    opened = backend;
    return { backend, record: (work) => record(stacks, backend, work), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function record<T>(
  stacks: TraceInstance,
  backend: Backend,
  work: () => Promise<T>,
): Promise<{ result: T; trace: Trace }> {
  stacks.start();
  backend.start();
  try {
    const result = await work();
    const recorded = await backend.stop();
    stacks.stop();
    return { result, trace: { ...recorded, stacks: stacksIn(stacks.text()) } };
  } finally {
    stacks.stop();
  }
}
