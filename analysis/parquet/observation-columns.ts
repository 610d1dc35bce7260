import type { Observation, ObservedFile } from "../../results/observation.js";
import type { Run } from "../cells/run.js";
import { bucketsOfDurations } from "./buckets.js";
import type { Column } from "./columns.js";
import { RUN_COLUMNS } from "./run-columns.js";

/** What one program did to one file with one operation. */
export interface ObservationRow {
  run: Run;
  observation: Observation;
  file: ObservedFile;
}

export function observationRows(run: Run): ObservationRow[] {
  return run.observations.flatMap((observation) =>
    observation.files.map((file) => ({ run, observation, file })),
  );
}

/** One row for each file and operation that a watch saw, with the figures of the program that belong to no file. */
export const OBSERVATION_COLUMNS: readonly Column<ObservationRow>[] = [
  ...RUN_COLUMNS,
  { name: "program", type: "text", of: ({ observation }) => observation.program },
  { name: "process", type: "integer", of: ({ observation }) => observation.process },
  { name: "wall_ns", type: "integer", of: ({ observation }) => observation.wallNs },
  { name: "sampled", type: "integer", of: ({ observation }) => observation.sampled },
  {
    name: "program_worker_cpu_ns",
    type: "integer",
    of: ({ observation }) => observation.workerCpuNs,
  },
  { name: "stalls", type: "integer", of: ({ observation }) => observation.stalls?.count ?? null },
  {
    name: "blocked_ns",
    type: "integer",
    of: ({ observation }) => observation.stalls?.blockedNs ?? null,
  },
  { name: "file", type: "text", of: ({ file }) => file.file },
  { name: "operation", type: "text", of: ({ file }) => file.operation },
  { name: "requests", type: "integer", of: ({ file }) => file.requests },
  { name: "failed", type: "integer", of: ({ file }) => file.failed },
  { name: "bytes_per_request", type: "number", of: ({ file }) => file.bytesPerRequest },
  { name: "punts", type: "integer", of: ({ file }) => file.punts },
  { name: "forced", type: "integer", of: ({ file }) => file.forced },
  { name: "drained", type: "integer", of: ({ file }) => file.drained },
  { name: "chained", type: "integer", of: ({ file }) => file.chained },
  { name: "worker_cpu_ns", type: "integer", of: ({ file }) => file.workerCpuNs },
  {
    name: "causes",
    type: "causes",
    of: ({ file }) => file.causes.map(({ cause, punts }) => ({ cause, punts: BigInt(punts) })),
  },
  {
    name: "inline_latency",
    type: "buckets",
    of: ({ file }) => bucketsOfDurations(file.inlineLatencies),
  },
  {
    name: "punted_latency",
    type: "buckets",
    of: ({ file }) => bucketsOfDurations(file.puntedLatencies),
  },
];
