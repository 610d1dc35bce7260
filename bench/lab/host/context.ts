import { Interrupt } from "../../../terminal/interrupt.js";
import { type Progress, stderrProgress } from "../../../terminal/progress.js";
import { type LabCache, labCache } from "./cache.js";

/** What every step of a lab command works with. */
export interface LabContext {
  cache: LabCache;
  progress: Progress;
  /** Aborted when the user interrupts the command. */
  signal: AbortSignal;
}

/** Runs a lab command; an interrupt aborts its `signal`. */
export async function withLabContext<Result>(
  work: (context: LabContext) => Promise<Result>,
): Promise<Result> {
  const interrupt = new Interrupt("Guests were ended; results files that had arrived are kept.");
  const progress = stderrProgress();
  try {
    return await work({ cache: labCache(), progress, signal: interrupt.signal });
  } finally {
    progress.done();
    interrupt.dispose();
  }
}
