import { UserError } from "../../../terminal/errors.js";
import type { Backend, BackendName } from "./backend.js";
import { mayUseBpftrace, openBpftrace, requireBpftrace } from "./bpftrace.js";
import { hasKprobeEvents } from "./kprobes.js";
import { openTracefsBackend } from "./tracefs-backend.js";

export interface BackendRequest {
  /** "auto": the best one that this kernel and machine have. */
  backend: BackendName | "auto";
  /** Name of the threads that submit the writes. */
  submitterName: string;
  /** Called with what could not be used. */
  warn: (text: string) => void;
  signal: AbortSignal;
}

/** Checks before anything runs. Throws a UserError when this kernel or machine lacks the backend. */
export function checkBackend(tracefs: string, backend: BackendName | "auto"): void {
  if (backend === "bpftrace") requireBpftrace();
  if (backend === "kprobes" && !hasKprobeEvents(tracefs)) {
    throw new UserError(
      "this kernel has no kprobe events (CONFIG_KPROBE_EVENTS)",
      "Leave --backend out: the static tracepoints explain part of the punts.",
    );
  }
}

/** Throws a UserError when this kernel or machine lacks the backend. */
export async function openBackend(
  tracefs: string,
  { backend, submitterName, warn, signal }: BackendRequest,
): Promise<Backend> {
  checkBackend(tracefs, backend);
  if (backend === "bpftrace") return openBpftrace(tracefs, submitterName, signal);
  if (backend !== "tracepoints" && hasKprobeEvents(tracefs)) {
    return openTracefsBackend(tracefs, "kprobes", submitterName);
  }
  if (backend === "auto" && mayUseBpftrace(tracefs)) {
    try {
      return await openBpftrace(tracefs, submitterName, signal);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      warn(`warning: ${error.message}; tracing another way`);
    }
  }
  return openTracefsBackend(tracefs, "tracepoints", submitterName);
}
