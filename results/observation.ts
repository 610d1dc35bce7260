import { z } from "zod";
import { OBSERVED_CAUSES } from "./vocabulary.js";

const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();

/** Durations: upper end of a bucket in nanoseconds, and how many lie in it; without empty buckets. */
export const Durations = z.array(z.tuple([amount, count]));
export type Durations = z.infer<typeof Durations>;

/** How often and how long threads were blocked inside io_uring_enter while they submitted. */
export const Stalls = z.object({
  count,
  blockedNs: amount,
  maxNs: amount,
  /** Of `count`, longer than 1 ms. */
  long: count,
  durations: Durations,
});

/** What the program did to one file with one operation. */
export const ObservedFile = z.object({
  file: z.string(),
  /** Of IORING_OP_*, e.g. `writev`. */
  operation: z.string(),
  rings: count,
  requests: count,
  failed: count,
  bytesPerRequest: amount.nullable(),
  /** Of `requests`, executed by an io-wq worker: after a refused attempt, or without one for three reasons. */
  punts: count,
  forced: count,
  drained: count,
  chained: count,
  /** Of the punts that were looked at. */
  causes: z.array(
    z.object({
      cause: z.enum(OBSERVED_CAUSES),
      punts: count,
      evidence: z.string(),
      curedBy: z.string().nullable(),
    }),
  ),
  inlineLatencies: Durations,
  puntedLatencies: Durations,
  workerCpuNs: amount.nullable(),
});
export type ObservedFile = z.infer<typeof ObservedFile>;

/** What one running program did while `puntbench watch` looked at it. */
export const Observation = z.object({
  type: z.literal("observation"),
  process: count,
  program: z.string(),
  wallNs: amount,
  /** One request in this many has its latency measured; counts are exact. */
  sampled: count.positive(),
  files: z.array(ObservedFile),
  workerCpuNs: amount,
  /** null: this kernel does not let us see it. */
  stalls: Stalls.nullable(),
});
export type Observation = z.infer<typeof Observation>;
