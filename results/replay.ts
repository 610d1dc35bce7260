import { z } from "zod";
import { ObservedFile, Stalls } from "./observation.js";
import { PREPARATIONS } from "./vocabulary.js";

const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();

/** One file and operation: what happened in the replay, and beside it what happened when it was recorded. */
export const ReplayedFile = ObservedFile.extend({
  /** Number of the file in the recording. */
  fileIndex: count.positive(),
  recorded: ObservedFile.pick({
    punts: true,
    forced: true,
    drained: true,
    chained: true,
    causes: true,
    inlineLatencies: true,
    puntedLatencies: true,
  }).extend({
    requests: count.positive(),
    /** null: not known. */
    filesystem: z.string().nullable(),
  }),
});
export type ReplayedFile = z.infer<typeof ReplayedFile>;

/** Which recording it was. */
const Source = z.object({
  /** Of the file's bytes: replays of one recording share it. */
  sha256: z.string(),
  startedAt: z.string(),
  durationNs: amount.nullable(),
  kernelRelease: z.string(),
  machine: z.string(),
  /** Names of files and programs were left out when it was recorded. */
  anonymised: z.boolean(),
  /** Names of the threads that sent requests; empty where they are not known. */
  programs: z.array(z.string()),
  /** null: the file is whole. */
  damage: z.string().nullable(),
  /** null: the recording was cut off, so that nobody counted. */
  lostEvents: count.nullable(),
});

/** What the requests of a recording did when `puntbench replay` issued them again. */
export const ReplayLine = z.object({
  type: z.literal("replay"),
  recording: Source,
  pace: z.enum(["recorded", "as-fast-as-possible"]),
  /** 2: twice as fast as recorded. */
  speed: amount,
  /** What was changed against the recording; null: nothing. */
  whatIf: z.object({
    preparation: z.enum(PREPARATIONS).nullable(),
    iowqWorkers: count.positive().nullable(),
  }),
  files: z.array(ReplayedFile),
  rings: count,
  requests: count,
  wallNs: amount,
  /** Recorded pace: 99 % of the requests were submitted at most this late; null with another pace. */
  lateNsP99: amount.nullable(),
  /** `kernelWorkers`: all kernel threads of the machine meanwhile, whoever they worked for. */
  cpuNs: z.object({
    submitter: amount.nullable(),
    ioWq: amount.nullable(),
    kernelWorkers: amount.nullable(),
  }),
  workersPeak: count.nullable(),
  /** null: this kernel does not let us see it. */
  stalls: Stalls.nullable(),
  systemCalls: z.object({ count, failed: count }),
  /** Recorded requests that were not issued. */
  leftOut: z.array(z.object({ reason: z.string(), requests: count })),
  /** Their state was not in the recording: they were taken as written. */
  filesOfUnknownState: z.array(z.string()),
});
export type ReplayLine = z.infer<typeof ReplayLine>;

/** On the kernel and filesystem of the recording the punt ratios of a replay should differ by at most this. */
export const AGREEMENT_RATIO = 0.02;
/** With fewer requests a ratio says little. */
export const AGREEMENT_REQUESTS_MIN = 100;
