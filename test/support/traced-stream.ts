import { readFileSync, rmSync, statSync } from "node:fs";
import type { DriverMeasurement, TrialRequest } from "../../native/index.js";
import { driver, smallTrial } from "./kernel.js";
import type { TraceEvent } from "./tracefs/trace.js";
import { seenBy } from "./tracepoints.js";

export const BLOCKS = 512;
const BLOCK_BYTES = 4096;
const PUNT = "io_uring_queue_async_work";
const EVENTS = [
  `io_uring/${PUNT}`,
  // Renamed in Linux 6.4.
  "io_uring/io_uring_submit_req",
  "io_uring/io_uring_submit_sqe",
  "task/task_newtask",
  "ext4/ext4_sync_file_enter",
];

/** IORING_OP_* in include/uapi/linux/io_uring.h. */
export const OPCODES = {
  fsync: 3,
  fallocate: 17,
  openat: 18,
  statx: 21,
  read: 22,
  write: 23,
  writeFixed: 5,
};
type Opcodes = Partial<Record<keyof typeof OPCODES, number>>;

/** A trial as the kernel's own trace shows it, whatever threads submit for it. */
export interface TracedStream {
  measured: DriverMeasurement;
  /** Hits of the tracepoint by the trial's threads, and those of them that are fsyncs. */
  punts: number;
  fsyncPunts: number;
  /** Requests by opcode; empty where this kernel does not show them. */
  submitted: Map<number, number>;
  /** Threads that submitted. */
  submitters: number;
  /** fsyncs of the first file, and those of them that are fdatasyncs; 0 if not on ext4. */
  fsyncs: number;
  fdatasyncs: number;
  contents: Buffer[];
}

/** The trial's thread and all threads that descend from it: of its rings, the kernel's submitter, io-wq workers. */
function threadsOf(first: number, events: readonly TraceEvent[]): Set<number> {
  const threads = new Set([first]);
  for (const { name, tid, fields } of events) {
    if (name === "task_newtask" && threads.has(tid)) threads.add(Number(fields.pid));
  }
  return threads;
}

export async function tracedStream(
  folder: string,
  changes: Partial<TrialRequest>,
): Promise<TracedStream> {
  const request = smallTrial(folder, { keepFile: true, ...changes });
  const { result: measured, events } = await seenBy(EVENTS, () => driver.runTrial(request));
  const threads = threadsOf(measured.submitterTid, events);
  const mine = events.filter(({ tid }) => threads.has(tid));
  const punts = mine.filter(({ name }) => name === PUNT);
  const requests = mine.filter(({ name }) => name.startsWith("io_uring_submit"));
  const submitted = new Map<number, number>();
  for (const { fields } of requests) {
    const opcode = Number(fields.opcode);
    submitted.set(opcode, (submitted.get(opcode) ?? 0) + 1);
  }
  const paths = Array.from({ length: request.files ?? 1 }, (_, file) =>
    file === 0 ? request.path : `${request.path}.${file}`,
  );
  const inode = statSync(request.path).ino;
  const syncs = events.filter(
    ({ name, fields }) => name === "ext4_sync_file_enter" && Number(fields.ino) === inode,
  );
  const contents = paths.map((path) => readFileSync(path));
  for (const path of paths) rmSync(path);
  return {
    measured,
    punts: punts.length,
    fsyncPunts: punts.filter(({ fields }) => Number(fields.opcode) === OPCODES.fsync).length,
    submitted,
    submitters: new Set(requests.map(({ tid }) => tid)).size,
    fsyncs: syncs.length,
    fdatasyncs: syncs.filter(({ fields }) => Number(fields.datasync) === 1).length,
    contents,
  };
}

/** What is expected of the kernel's own trace; null: this kernel does not show the requests. */
export function submittedAs(counts: Opcodes): Map<number, number> {
  const entries = Object.entries(counts).map(([name, count]): [number, number] => [
    OPCODES[name as keyof typeof OPCODES],
    count,
  ]);
  return new Map(entries.sort(([a], [b]) => a - b));
}

/** The number in each block of a file, in the order of the file; null: no stamp of this trial. */
export function stamps(content: Buffer): (number | null)[] {
  return Array.from({ length: content.length / BLOCK_BYTES }, (_, block) => {
    const [number, seed] = [0, 8].map((at) => content.readBigUInt64LE(block * BLOCK_BYTES + at));
    return seed === 42n ? Number(number) : null;
  });
}
