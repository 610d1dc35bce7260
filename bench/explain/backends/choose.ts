import { UserError } from "../../../terminal/errors.js";
import type { Tracefs } from "../tracing/tracefs.js";
import type { Backend, BackendName, Watched } from "./backend.js";
import { mayUseBpftrace, openBpftrace, requireBpftrace } from "./bpftrace.js";
import { hasKprobeEvents, openKprobes } from "./kprobes.js";
import { openTracepoints } from "./tracepoints.js";

/** What can be told before anything runs. Throws a UserError when this kernel or machine lacks what was asked for. */
export function checkBackend(tracefs: Tracefs, wanted: BackendName | "auto"): void {
  if (wanted === "bpftrace") requireBpftrace();
  if (wanted === "kprobes" && !hasKprobeEvents(tracefs)) {
    throw new UserError(
      "this kernel has no kprobe events (CONFIG_KPROBE_EVENTS)",
      "Leave --backend out: the static tracepoints explain part of the punts.",
    );
  }
}

/** The backend that was asked for, or the first that this kernel and machine have. Throws UserError. */
export async function openBackend(
  tracefs: Tracefs,
  wanted: BackendName | "auto",
  watched: Watched,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<Backend> {
  checkBackend(tracefs, wanted);
  if (wanted === "bpftrace") return openBpftrace(tracefs, watched, signal);
  if (wanted !== "tracepoints" && hasKprobeEvents(tracefs)) return openKprobes(tracefs, watched);
  if (wanted === "auto" && mayUseBpftrace(tracefs)) {
    try {
      return await openBpftrace(tracefs, watched, signal);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      say(`warning: ${error.message}; looking in another way`);
    }
  }
  return openTracepoints(tracefs, watched);
}
