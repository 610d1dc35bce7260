import { z } from "zod";
import { OBSERVED_CAUSES } from "../vocabulary.js";

/** What a recording says besides its rows; results/README.md explains each field. `null`: not known, never zero. */
const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();
const text = z.string().max(4096);

export const RECORDING_VERSION = 1;

export const RecordingHeader = z.object({
  type: z.literal("recording"),
  version: z.literal(RECORDING_VERSION),
  toolVersion: text,
  startedAt: z.iso.datetime(),
  kernelRelease: text,
  kernelVersion: text,
  machine: text,
  /** Names of files and programs were left out. */
  anonymised: z.boolean(),
});
export type RecordingHeader = z.infer<typeof RecordingHeader>;

/** A part of a file: where it begins, its length, and whether its blocks were ever written. The rest is a hole. */
export const Region = z.tuple([count, count, z.enum(["written", "unwritten"])]);
export type Region = z.infer<typeof Region>;

export const REGIONS_MAX = 65_536;

/** A file's extents follow each other. Others would be made again and again. */
const Regions = z
  .array(Region)
  .max(REGIONS_MAX)
  .refine((regions) =>
    regions.every(([offset], index) => {
      const [before, bytes] = regions[index - 1] ?? [0, 0];
      return offset >= before + bytes;
    }),
  );

/** A file at its first sight. */
export const RecordedFile = z.object({
  type: z.literal("file"),
  /** From 1 on. */
  index: count.positive(),
  device: text,
  inode: count,
  path: text.nullable(),
  /** Since the recording began; the state is that of this moment. */
  seenAtNs: count,
  sizeBytes: count.nullable(),
  filesystem: text.nullable(),
  mountOptions: z.array(text).max(256).nullable(),
  blockBytes: count.positive().nullable(),
  regions: Regions.nullable(),
  /** Only the first regions are here, because there were too many. */
  regionsCut: z.boolean(),
  cachedBytes: count.nullable(),
});
export type RecordedFile = z.infer<typeof RecordedFile>;

export const RecordedRing = z.object({
  type: z.literal("ring"),
  index: count.positive(),
  process: count,
  /** IORING_SETUP_* */
  flags: count,
});
export type RecordedRing = z.infer<typeof RecordedRing>;

export const RecordedThread = z.object({
  type: z.literal("thread"),
  index: count.positive(),
  process: count,
  thread: count,
  name: text.nullable(),
});
export type RecordedThread = z.infer<typeof RecordedThread>;

/** A file lost its name, or got another one. */
export const RecordedRename = z.object({
  type: z.literal("path"),
  atNs: count,
  process: count,
  call: z.enum(["rename", "unlink"]),
  path: text,
});

/** Why a sample of the punts of one file and operation happened. */
export const RecordedCause = z.object({
  file: count,
  operation: count,
  cause: z.enum(OBSERVED_CAUSES),
  punts: count,
  evidence: text,
  curedBy: text.nullable(),
});
export type RecordedCause = z.infer<typeof RecordedCause>;

export const RecordingFooter = z.object({
  type: z.literal("end"),
  durationNs: amount,
  requests: count,
  calls: count,
  /** Events that found no room in the kernel: requests are missing. */
  lostEvents: count,
  /** Completions of requests from before the recording. */
  unmatchedCompletions: count,
  causes: z.array(RecordedCause).max(100_000),
});
export type RecordingFooter = z.infer<typeof RecordingFooter>;

export const RecordingLine = z.discriminatedUnion("type", [
  RecordingHeader,
  RecordedFile,
  RecordedRing,
  RecordedThread,
  RecordedRename,
  RecordingFooter,
]);
export type RecordingLine = z.infer<typeof RecordingLine>;
