import { rmdirSync } from "node:fs";
import { driver } from "./kernel.js";
import type { TraceEvent } from "./tracefs/trace.js";
import { TraceInstance } from "./tracefs/trace-instance.js";

const BUFFER_KIB_PER_CPU = 4096;
let instances = 0;

export interface Seen<T> {
  result: T;
  events: TraceEvent[];
}

/**
 * What the kernel's tracepoints show while `work` runs, in a trace buffer that the driver's own counters know nothing of.
 * Events that this kernel lacks are left out.
 */
export async function seenBy<T>(
  events: readonly string[],
  work: () => Promise<T>,
): Promise<Seen<T>> {
  instances += 1;
  // Not a name of `explain`, which removes what killed runs of it have left.
  const name = `test-${process.pid}-${instances}`;
  const trace = new TraceInstance(
    `/proc/self/fd/${driver.openTracefs()}`,
    name,
    BUFFER_KIB_PER_CPU,
  );
  try {
    for (const event of events) trace.enable(event);
    trace.start();
    const result = await work();
    trace.stop();
    if (trace.lostEvents() > 0) throw new Error("the trace buffer is too small for this test");
    return { result, events: trace.takeEvents() };
  } finally {
    trace.stop();
    rmdirSync(trace.path);
  }
}
