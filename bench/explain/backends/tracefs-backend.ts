import { availableParallelism } from "node:os";
import { instanceName } from "../tracing/leftovers.js";
import { TraceInstance } from "../tracing/trace-instance.js";
import { type Backend, WORKER_PREFIX } from "./backend.js";
import {
  FILESYSTEM_TRACEPOINTS,
  IO_URING_TRACEPOINTS,
  unseenByProbes,
  unseenByTracepoints,
} from "./events.js";
import { enableKprobes } from "./kprobes.js";

const BUFFER_TOTAL_KIB = 48 * 1024;

/**
 * Records static tracepoints, and with `kprobes` also probes of kernel functions, in a tracefs instance.
 * @param submitterName name of the submitting threads: probes are hit by every thread of the system.
 */
export function openTracefsBackend(
  tracefs: string,
  name: "kprobes" | "tracepoints",
  submitterName: string,
): Backend {
  const perCpuKiB = Math.ceil(BUFFER_TOTAL_KIB / availableParallelism());
  const instance = new TraceInstance(tracefs, instanceName("main"), perCpuKiB);
  const filter = `comm == "${submitterName}" || comm ~ "${WORKER_PREFIX}*"`;
  const withKprobes = name === "kprobes";
  const events = [
    ...IO_URING_TRACEPOINTS.filter((event) => instance.enable(event)),
    ...FILESYSTEM_TRACEPOINTS.filter((event) => instance.enable(event, filter)),
    ...(withKprobes ? enableKprobes(tracefs, instance, filter) : []),
  ];
  return {
    name,
    what: withKprobes ? "tracefs kprobe events and static tracepoints" : "static tracepoints",
    events,
    cannotSee: withKprobes ? unseenByProbes(events) : unseenByTracepoints(events),
    start: () => instance.start(),
    async stop() {
      instance.stop();
      const lostEvents = instance.lostEvents();
      return { events: instance.takeEvents(), lostEvents };
    },
    // Instances and probes are found by their names and removed: see tracing/leftovers.ts.
    remove() {},
  };
}
