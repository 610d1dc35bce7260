import { z } from "zod";
import { Environment } from "./environment.js";
import { CauseCount, Disagreement, PredictedCount } from "./explained-punts.js";
import { Observation } from "./observation.js";
import { ReplayLine } from "./replay.js";
import {
  ARMS,
  DURABILITIES,
  INODE_STATES,
  IOS,
  LABEL_CHARACTERS_MAX,
  OPERATIONS,
  ORDERS,
  PAGE_CACHE_STATES,
  PREPARATIONS,
  RINGS,
  SCHEMA_VERSION,
  SYSTEM_CPU_SOURCES,
} from "./vocabulary.js";

/**
 * The results file: JSON Lines; one header, one line for each trial, explanation, observation or replay, one footer.
 * With `environment.ts`, `observation.ts` and `replay.ts`, this file is the only description of the format in code; `results/README.md` explains each field.
 *
 * Units stand last in a name. `null` means "not measured", never zero.
 */
export { SCHEMA_VERSION };

const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();

/** One cell of the matrix. */
export const Scenario = z.object({
  preparation: z.enum(PREPARATIONS),
  arm: z.enum(ARMS),
  queueDepth: count.positive(),
  blockSizeBytes: count.positive(),
  /** Sizes are drawn evenly from the multiples of `blockSizeBytes` up to this, one of them. Absent: one size. */
  blockSizeMaxBytes: count.positive().optional(),
  fileSizeBytes: count.positive(),
  order: z.enum(ORDERS),
  /** Pace: from one write's due moment to the next; 0 is back to back. */
  intervalNs: count,
  registeredBuffers: z.boolean(),
  /** When so many requests have completed, the stream pauses for `thinkTimeNs`. Absent: it does not pause. */
  thinkRequests: count.positive().optional(),
  thinkTimeNs: count.positive().optional(),
  /** What each request is. What is absent is the default: a plain O_DIRECT write. */
  operation: z.enum(OPERATIONS).optional(),
  /** `readwrite` only. */
  readPercent: count.optional(),
  io: z.enum(IOS).optional(),
  durability: z.enum(DURABILITIES).optional(),
  /** `group-fdatasync` and `group-fsync` only: writes of a group. */
  groupWrites: count.positive().optional(),
  /** readv and writev with one buffer. */
  vectored: z.boolean().optional(),
  /** IOSQE_FIXED_FILE without registered buffers. */
  fixedFiles: z.boolean().optional(),
  /** Files that the requests take turns in; of `recycled` the segments. Absent: one. */
  files: count.positive().optional(),
  /** Rings that share the requests, each with its own thread. Absent: one. */
  rings: count.positive().optional(),
  /** Extents that the data of each file is in at least. Absent: as many as the filesystem makes. */
  extents: count.positive().optional(),
  /** Absent: warm. */
  inode: z.enum(INODE_STATES).optional(),
  /** Absent: empty. */
  pageCache: z.enum(PAGE_CACHE_STATES).optional(),
  /** Flags of the rings. Absent: those of the run, which each trial's `ringFlags` shows. */
  ring: z.enum(RINGS).optional(),
  /** IOSQE_IO_DRAIN: each request waits for all before it. */
  drained: z.boolean().optional(),
  /** Another thread asks for the files' timestamps so often (statx). Absent: never. */
  statIntervalNs: count.positive().optional(),
  /** Most bounded io-wq workers (IORING_REGISTER_IOWQ_MAX_WORKERS). Absent: as many as the kernel allows. */
  iowqWorkers: count.positive().optional(),
  /**
   * How long each trial should last. Its file grows with the pace that the run measured before its first round, so
   * `fileSizeBytes` does not tell cells apart. Absent where the size was given.
   */
  durationNs: count.positive().optional(),
  /** The first part of each trial, which is not counted. Absent: everything is. */
  rampNs: count.positive().optional(),
});
export type Scenario = z.infer<typeof Scenario>;

/** What FIEMAP and fstat say of a file. Bytes are split into written, unwritten and hole up to `sizeBytes`. */
export const ExtentState = z.object({
  extents: count,
  writtenBytes: count,
  unwrittenBytes: count,
  holeBytes: count,
  /** Mapped beyond `sizeBytes`, as FALLOC_FL_KEEP_SIZE leaves it. */
  beyondSizeBytes: count,
  sizeBytes: count,
});
export type ExtentState = z.infer<typeof ExtentState>;

/** HdrHistogram V2, compressed, base64; values in nanoseconds. Extremes are exact. */
export const Latency = z.object({ histogram: z.string(), minNs: amount, maxNs: amount });
export type Latency = z.infer<typeof Latency>;

/** Split by who spent it. `system` is the whole machine, so it holds the other three and any neighbour. */
const BySpender = z.object({
  submitter: amount.nullable(),
  ioWq: amount.nullable(),
  /** Kernel threads: kworkers that complete writes, jbd2, writeback. */
  kernelWorkers: amount.nullable(),
  system: amount.nullable(),
});
export type BySpender = z.infer<typeof BySpender>;

const ContextSwitches = z.object({ voluntary: count, involuntary: count });

/** What the driver measured in one trial. */
export const Measurement = z.object({
  /** Writes that succeeded in full, and their bytes. Of those under way when the ramp ended, all count. */
  writes: count,
  bytes: count,
  /** Writes that the kernel took after the ramp: the punts are of these. Absent in older files: then as `writes`. */
  writesIssued: count.optional(),
  /** What came before the counted part. Absent: nothing did. */
  ramp: z.object({ wallNs: amount, writes: count }).optional(),
  wallNs: amount.nullable(),
  latency: Latency.nullable(),
  /** Paced runs: from the due moment to the submission. */
  issueDelay: Latency.nullable(),
  puntCount: count.nullable(),
  /** Of `puntCount`: requests that were forced async (REQ_F_FORCE_ASYNC). */
  puntCountForced: count.nullable(),
  /** Of `puntCount`: serialised with other writes to the same inode. */
  puntCountHashed: count.nullable(),
  /** `linked-fdatasync` and groups only. Of `puntCount`: fsyncs. */
  puntCountFsyncs: count.nullable().optional(),
  /** `linked-fdatasync` only: fsyncs that followed a punted write into its worker without a hit of the tracepoint. */
  puntCountUntraced: count.nullable().optional(),
  workersPeak: count.nullable(),
  workersMean: amount.nullable(),
  workerSamples: count,
  cpuNs: BySpender,
  /** Kernel workers while the trial rested between preparation and writes: none of it is for a write. Absent in older files. */
  kernelWorkersIdle: z.object({ cpuNs: amount, wallNs: amount }).nullable().optional(),
  /** Which of the kernel's counters gave `cpuNs.system`. They do not count quite the same. */
  systemCpuSource: z.enum(SYSTEM_CPU_SOURCES).nullable(),
  /** Granularity of `cpuNs.system`: /proc/stat counts in ticks. */
  systemCpuResolutionNs: amount.nullable(),
  /** Executed guest instructions; only from the lab's instruction-counting runs, where times are null. */
  instructions: BySpender.nullable(),
  contextSwitches: z.object({
    submitter: ContextSwitches.nullable(),
    ioWq: ContextSwitches.nullable(),
  }),
  /** Time inside the system calls that hand writes to the kernel, and inside those that wait for them. */
  submitNs: amount.nullable(),
  waitNs: amount.nullable(),
  submitCalls: count.nullable(),
  /** Time inside each submitting call, the stall of its thread; null in files of version 1. */
  submitCall: Latency.nullable(),
  waitCalls: count.nullable(),
  ringFlags: z.array(z.string()),
  ringEntries: count.nullable(),
  /** Most bounded io-wq workers that the kernel allows this submitter. */
  workerLimit: count.nullable(),
  extentsBefore: ExtentState.nullable(),
  extentsAfter: ExtentState.nullable(),
  preparationNs: amount.nullable(),
  preparationBytesWritten: count,
});
export type Measurement = z.infer<typeof Measurement>;

export const Trial = z.object({
  type: z.literal("trial"),
  scenario: Scenario,
  round: count,
  /** Position within the round, from 0. */
  position: count,
  startedAt: z.string(),
  status: z.enum(["ok", "failed", "skipped"]),
  /** Why it failed or was skipped; null when ok. */
  reason: z.string().nullable(),
  seed: count,
  errors: z.array(z.object({ code: z.string(), count })),
  /** What the nowait probe expects, when punts cannot be counted. Never a count. */
  predictedPuntRatio: amount.nullable(),
  /** null where the trial did not come as far as its first write. */
  measurement: Measurement.nullable(),
  warnings: z.array(z.string()),
});
export type Trial = z.infer<typeof Trial>;

/** Why the writes of one scenario punted: each issued once with tracing on, and never timed. */
export const Explanation = z.object({
  type: z.literal("explanation"),
  scenario: Scenario,
  /** Why the scenario cannot be run here; its counts are then 0. null: it was run. */
  skippedReason: z.string().nullable(),
  /** How it was seen, e.g. `kprobes`. */
  backend: z.string(),
  /** What that does not show on this kernel. */
  cannotSee: z.array(z.string()),
  writes: count,
  punts: count,
  /** Handed to the device by the submitter itself. */
  issuedInline: count,
  /** Results of the filesystem's write function and how often; "not seen" where it could not be probed. */
  submitterGot: z.record(z.string(), count),
  workerGot: z.record(z.string(), count),
  causes: z.array(CauseCount),
  predicted: z.array(PredictedCount),
  disagreements: z.array(Disagreement),
  lostEvents: count,
});
export type Explanation = z.infer<typeof Explanation>;

/** The instrument, checked in this run before anything was measured. */
export const InstrumentChecks = z.object({
  /** Punts of a stream of NOPs over its operations: must be 0. */
  nopPuntRatio: amount.nullable(),
  /** Punts of a stream of forced-async NOPs over its operations: must be 1. */
  forcedPuntRatio: amount.nullable(),
  timestampCostNs: amount,
  emptyLoopNsPerOperation: amount,
});
export type InstrumentChecks = z.infer<typeof InstrumentChecks>;

export const Header = z.object({
  type: z.literal("header"),
  schemaVersion: z.literal(SCHEMA_VERSION),
  runId: z.string(),
  toolVersion: z.string(),
  gitCommit: z.string().nullable(),
  startedAt: z.string(),
  kernelLabel: z.string().min(1).max(LABEL_CHARACTERS_MAX),
  commandLine: z.array(z.string()),
  seed: count,
  /** 0: no trial was run; programs were watched, or a recording replayed. */
  rounds: count,
  scenarios: z.array(Scenario),
  environment: Environment,
  /** null: nothing was run. */
  instrumentChecks: InstrumentChecks.nullable(),
  warnings: z.array(z.string()),
});
export type Header = z.infer<typeof Header>;

export const Footer = z.object({
  type: z.literal("footer"),
  finishedAt: z.string(),
  /** `complete`, or why the run ended before its last trial. */
  outcome: z.enum(["complete", "interrupted", "failed"]),
  reason: z.string().nullable(),
  trials: count,
  warnings: z.array(z.string()),
});
export type Footer = z.infer<typeof Footer>;

export const ResultsLine = z.discriminatedUnion("type", [
  Header,
  Trial,
  Explanation,
  Observation,
  ReplayLine,
  Footer,
]);
export type ResultsLine = z.infer<typeof ResultsLine>;
