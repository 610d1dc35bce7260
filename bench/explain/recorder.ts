import { type Causes, openCauses, type RequestRecord } from "../../native/causes.js";
import { UserError } from "../../terminal/errors.js";
import { kernelFunctions } from "./attribution/kernel-functions.js";

/** What is seen: kernel functions and tracepoints, or tracepoints alone. */
export const BACKENDS = ["kprobes", "tracepoints"] as const;
export type BackendName = (typeof BACKENDS)[number];

/** What the kernel recorded while something ran. */
export interface Recording {
  records: RequestRecord[];
  /** Records that did not fit into the buffer. */
  lostEvents: number;
}

/** Records what the kernel does with the io_uring requests of this process, with BPF programs. */
export interface Recorder {
  name: BackendName;
  /** For the reader: "BPF on static tracepoints". */
  what: string;
  /** Names of the steps that this kernel shows. */
  steps: readonly string[];
  /** What none of them shows. */
  cannotSee: string[];
  functionsOf(stack: readonly bigint[]): string[];
  record<T>(work: () => Promise<T>): Promise<{ result: T; recording: Recording }>;
  /** Leaves nothing in the kernel. So does the end of this process. */
  close(): void;
}

/** Long before the kernel's buffer of records is full. */
const READ_EVERY_MS = 20;

/** Throws a UserError with the remedy where the kernel, the rights or the build do not allow it. */
export function openRecorder(requested: BackendName | "auto"): Recorder {
  const causes = openCauses({
    everything: false,
    name: "",
    everyRequest: true,
    functions: requested !== "tracepoints",
    hotFunctions: true,
    recordsPerPeriod: 0,
  });
  causes.add(process.pid);
  const steps = causes.attached();
  const name = steps.some((step) => step.startsWith("write_")) ? "kprobes" : "tracepoints";
  if (requested === "kprobes" && name !== "kprobes") {
    causes.close();
    throw new UserError(
      "this kernel has no kprobes (CONFIG_KPROBES)",
      "Leave --backend out: the static tracepoints explain part of the punts.",
    );
  }
  const functions = kernelFunctions();
  return {
    name,
    what: `BPF on ${name === "kprobes" ? "kernel functions and tracepoints" : "static tracepoints"}`,
    steps,
    cannotSee: name === "kprobes" ? [] : unseenByTracepoints(steps),
    functionsOf: (stack) => functions.ofStack(stack),
    record: (work) => record(causes, work),
    close: () => causes.close(),
  };
}

async function record<T>(
  causes: Causes,
  work: () => Promise<T>,
): Promise<{ result: T; recording: Recording }> {
  causes.read(true);
  const lostBefore = causes.lost();
  const records: RequestRecord[] = [];
  const take = (all: boolean) => {
    for (const one of causes.read(all)) records.push(one);
  };
  const reading = setInterval(() => take(false), READ_EVERY_MS);
  try {
    const result = await work();
    take(true);
    return { result, recording: { records, lostEvents: causes.lost() - lostBefore } };
  } finally {
    clearInterval(reading);
  }
}

function unseenByTracepoints(steps: readonly string[]): string[] {
  return [
    "what the filesystem returned to the submitter",
    "locks, except where no other check remains (above depth 1 a lock may have refused a write before the cause that is named)",
    ...(steps.includes("iomap_dio_rw_begin") ? [] : ["cached pages", "what the worker got"]),
  ];
}
