import { z } from "zod";
import { CAUSES, OBSERVED_CAUSES } from "./vocabulary.js";

/** Parts of an explanation: what was seen of the punts of one scenario, and what the rules expected. */
const count = z.number().int().nonnegative();

/** How many punts had one cause, with what was seen of the first of them. */
export const CauseCount = z.object({
  cause: z.enum(OBSERVED_CAUSES),
  /** In a sentence: "... because <words>". */
  words: z.string(),
  punts: count,
  evidence: z.string(),
  /** Kernel stack of the first punt, innermost function first. */
  stack: z.array(z.string()).nullable(),
  /** What makes such a write go inline; null where nothing is known to. */
  curedBy: z.string().nullable(),
});
export type CauseCount = z.infer<typeof CauseCount>;

export const PredictedCount = z.object({
  cause: z.enum(CAUSES),
  /** true, false, "tick" (now and then), or null: no rule knows. */
  punts: z.union([z.boolean(), z.literal("tick")]).nullable(),
  writes: count,
  why: z.string(),
  kernelFunction: z.string().nullable(),
});
export type PredictedCount = z.infer<typeof PredictedCount>;

/** Writes of which the rules expected something else than what was seen. */
export const Disagreement = z.object({
  predicted: z.string(),
  observed: z.string(),
  writes: count,
  /** Number of the first of them, from 0. */
  firstWrite: count,
  evidence: z.string().nullable(),
});
export type Disagreement = z.infer<typeof Disagreement>;
