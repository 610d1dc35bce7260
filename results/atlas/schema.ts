import { z } from "zod";
import { OBSERVED_CAUSES } from "../vocabulary.js";

/**
 * One file of the atlas, `results/atlas/data/<kernel series>/<place>.json`: what one boot of one kernel package answered.
 * `results/atlas/README.md` explains each field.
 */

/** Of the files that this puntbench writes. A cell of another format is measured again. */
export const ATLAS_FORMAT = 1;

const count = z.number().int().nonnegative();

/** Why punts happened, with what was seen of the first of them. */
export const AtlasCause = z.object({
  cause: z.enum(OBSERVED_CAUSES),
  punts: count,
  evidence: z.string(),
  curedBy: z.string().nullable(),
});
export type AtlasCause = z.infer<typeof AtlasCause>;

/** Requests of one trial and how many of them punted. `syncs`: of the punts, fsyncs that came beside the requests. */
const Counted = z.object({ requests: count, punts: count, syncs: count.optional() });

/** Executed for one request, on average: in the thread that submits, in io-wq workers (null: among the kernel's), in kernel workers. */
export const AtlasCost = z.object({
  submitter: count,
  ioWq: count.nullable(),
  kernelWorkers: count,
});
export type AtlasCost = z.infer<typeof AtlasCost>;

export const AtlasCell = z.object({
  /** The name in `scenarios.ts`. */
  scenario: z.string(),
  /** `scenarioKey` of what was measured: a scenario that was changed since is measured again. */
  key: z.string(),
  /** Why this kernel and filesystem cannot do it; null: it was measured. */
  skipped: z.string().nullable(),
  /** Without tracing, by the punt counter; null: not counted. */
  counted: Counted.nullable(),
  /** A second run, traced request by request; null where it cannot be traced (several rings, SQPOLL). */
  traced: Counted.nullable(),
  causes: z.array(AtlasCause),
  /** The kernel function that decides, and the commit that changed it, by the rules; null: no rule knows. */
  kernelFunction: z.string().nullable(),
  /** What the filesystem's function returned to the submitter and to the worker. How often is chance: a device may be quick. */
  submitterGot: z.array(z.string()),
  workerGot: z.array(z.string()),
  /** Of requests linked behind others: handed over without a hit of the tracepoint. */
  untraced: count.optional(),
  /** Instructions, counted in a boot of their own on one CPU. Absent: not counted. */
  instructions: AtlasCost.optional(),
});
export type AtlasCell = z.infer<typeof AtlasCell>;

export const AtlasFile = z.object({
  format: z.literal(ATLAS_FORMAT),
  /** The series: "6.12". */
  kernel: z.string(),
  packageName: z.string(),
  packageVersion: z.string(),
  release: z.string(),
  /** A name of `places.ts`. */
  place: z.string(),
  measuredOn: z.iso.date(),
  emulated: z.boolean(),
  cells: z.array(AtlasCell),
});
export type AtlasFile = z.infer<typeof AtlasFile>;
