import type { Cause } from "../../results/vocabulary.js";
import type { WriteQuestion } from "./question.js";

export type { Cause };

/**
 * Whether an aligned or unaligned O_DIRECT write through io_uring is punted. "tick": only the first write
 * after a tick of the coarse clock (1 to 10 ms) punts, so a paced writer always punts.
 * null: no rule knows.
 */
export type Punts = true | false | "tick" | null;

export interface Prediction {
  punts: Punts;
  cause: Cause;
  why: string;
  /** Where the mainline kernel decides it; null where no rule knows. */
  kernelFunction: string | null;
  /** What makes the write go inline; null when it already does, or when nothing is known. */
  curedBy: string | null;
}

/** One check of a filesystem. The first that applies decides, so lists follow the kernel's order. */
export interface Rule extends Prediction {
  applies: (question: WriteQuestion) => boolean;
}
