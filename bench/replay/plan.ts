import { constants } from "node:fs";
import { type CallKind, type PackedCall, packRequest, REQUEST_BYTES } from "../../native/replay.js";
import { OUTCOMES } from "../../results/recording/block.js";
import type { Recording } from "../../results/recording/reader.js";
import type { RecordedRing } from "../../results/recording/schema.js";
import type { Ring } from "../../results/vocabulary.js";
import { countUpTo } from "./ascending.js";
import type { Rows } from "./columns.js";
import { LENGTH_MAX, Touched } from "./touched.js";

/** IORING_OP_* that are replayed, and what they do. */
export const REPLAYED: ReadonlyMap<number, { name: string; vectored: boolean; moves: boolean }> =
  new Map([
    [1, { name: "readv", vectored: true, moves: true }],
    [2, { name: "writev", vectored: true, moves: true }],
    [3, { name: "fsync", vectored: false, moves: false }],
    [4, { name: "read-fixed", vectored: false, moves: true }],
    [5, { name: "write-fixed", vectored: false, moves: true }],
    [17, { name: "fallocate", vectored: false, moves: false }],
    [22, { name: "read", vectored: false, moves: true }],
    [23, { name: "write", vectored: false, moves: true }],
  ]);

const CALL_OF: Record<number, CallKind> = {
  257: "write",
  258: "fsync",
  259: "fdatasync",
  260: "ftruncate",
  261: "fallocate",
  264: "drop-cache",
};
const OPEN = 256;
const WRITE = 257;
const PUNTED = OUTCOMES.indexOf("punted");

/** What one file got by one operation in the recording. */
export interface RecordedCounts {
  requests: number;
  punts: number;
}

interface PlannedRing {
  ring: Ring;
  requests: Buffer;
  count: number;
  /** Of its longest request. */
  longestBytes: number;
}

export interface ReplayPlan {
  rings: PlannedRing[];
  calls: PackedCall[];
  /** Indexes in the recording of the files. */
  files: Set<number>;
  /** What requests and calls name by its number: a file, opened with these flags. */
  descriptors: Descriptor[];
  touched: Touched;
  /**
   * Ranges of a file that were written before it was looked at, by writes that punted: their blocks were not written
   * before. Offset and length.
   */
  early: Map<number, [number, number][]>;
  /** By `keyOf(file, operation)`. */
  recorded: Map<string, RecordedCounts>;
  /** Rows that are not replayed, by the reason. */
  leftOut: Map<string, number>;
}

export interface Descriptor {
  /** Index in the recording. */
  file: number;
  openFlags: number;
}

/** Flags of a descriptor that change what a request does. */
const KEPT_FLAGS = constants.O_DIRECT | constants.O_DSYNC | constants.O_SYNC | constants.O_APPEND;

/** Gives each file and its flags a number. */
class Numbers {
  readonly #numbers = new Map<string, number>();

  constructor(readonly descriptors: Descriptor[]) {}

  of({ columns }: Rows, row: number): number {
    const file = columns.file[row] as number;
    const openFlags = (columns.fileFlags[row] as number) & KEPT_FLAGS;
    const key = `${file} ${openFlags}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.descriptors.push({ file, openFlags: openFlags | constants.O_RDWR });
    this.#numbers.set(key, this.descriptors.length - 1);
    return this.descriptors.length - 1;
  }
}

export const keyOf = (file: number, operation: number) => `${file} ${operation}`;

/** The requests of a recording for the driver. `speed` 2: twice as fast. */
export function planReplay(recording: Recording, rows: Rows, speed: number): ReplayPlan {
  const plan: ReplayPlan = {
    rings: [],
    calls: [],
    files: new Set(),
    descriptors: [],
    touched: new Touched(),
    early: new Map(),
    recorded: new Map(),
    leftOut: new Map(),
  };
  const kept = keptRows(rows, plan);
  noteEarlyWrites(recording, rows, kept, plan);
  const callRows = rows.order.filter((row) => isCall(rows, row, plan));
  const startNs = Math.min(firstAt(rows, kept), firstAt(rows, callRows));
  const numbers = new Numbers(plan.descriptors);
  const due = (row: number) => (at(rows, row) - startNs) / speed;
  const callTimes = Float64Array.from(callRows, (row) => at(rows, row));
  const byRing = groupBy(kept, (row) => rows.columns.ring[row] as number);
  for (const [ring, members] of byRing) {
    const depths = depthsOf(rows, members);
    const requests = Buffer.alloc(members.length * REQUEST_BYTES);
    for (const [index, row] of members.entries()) {
      const callsBefore = countUpTo(callTimes, at(rows, row));
      const request = {
        ...requestOf(rows, row, numbers),
        callsBefore,
        depth: depths[index] as number,
      };
      packRequest(requests, index, { ...request, dueNs: due(row) });
    }
    plan.rings.push({
      ...{ ring: modeOf(recording.rings.get(ring)), requests, count: members.length },
      longestBytes: members.reduce((most, row) => Math.max(most, lengthOf(rows, row)), 0),
    });
  }
  const completions = Float64Array.from(kept, (row) => at(rows, row) + latency(rows, row)).sort();
  for (const row of callRows) {
    const completedBefore = countUpTo(completions, at(rows, row));
    plan.calls.push({ ...callOf(rows, row, plan, numbers), completedBefore, dueNs: due(row) });
  }
  return plan;
}

/** Requests that can be issued again. What they touch is noted. */
function keptRows(rows: Rows, plan: ReplayPlan): Uint32Array {
  const { ring, file, operation, outcome } = rows.columns;
  const kept = rows.order.filter((row) => {
    if (ring[row] === 0) return false;
    const reason = reasonToLeaveOut(rows, row);
    if (reason === null) return true;
    plan.leftOut.set(reason, (plan.leftOut.get(reason) ?? 0) + 1);
    return false;
  });
  for (const row of kept) {
    const key = keyOf(file[row] as number, operation[row] as number);
    const counts = plan.recorded.get(key) ?? { requests: 0, punts: 0 };
    counts.requests += 1;
    if (outcome[row] === PUNTED) counts.punts += 1;
    plan.recorded.set(key, counts);
    plan.files.add(file[row] as number);
    noteTouched(plan, rows, row, lengthOf(rows, row));
  }
  return kept;
}

function noteEarlyWrites(
  recording: Recording,
  rows: Rows,
  kept: Uint32Array,
  plan: ReplayPlan,
): void {
  const { file, operation, outcome, offsetBytes } = rows.columns;
  for (const row of kept) {
    const index = file[row] as number;
    const isWrite = REPLAYED.get(operation[row] as number)?.name.startsWith("write") ?? false;
    if (!isWrite || outcome[row] !== PUNTED || (offsetBytes[row] as number) < 0) continue;
    if (at(rows, row) >= (recording.files.get(index)?.seenAtNs ?? 0)) continue;
    const ranges = plan.early.get(index) ?? [];
    ranges.push([offsetBytes[row] as number, lengthOf(rows, row)]);
    plan.early.set(index, ranges);
  }
}

/** null: it can be issued again. */
export function reasonToLeaveOut(rows: Rows, row: number): string | null {
  const { file, operation, result, latencyNs } = rows.columns;
  const known = REPLAYED.get(operation[row] as number);
  if (known === undefined) return `operation ${operation[row]} is not replayed`;
  if (file[row] === 0) return "its file is not known";
  if ((result[row] as number) < 0) return "it failed when it was recorded";
  if (known.vectored && latencyNs[row] === -1) return "its length is not known";
  if (lengthOf(rows, row) > LENGTH_MAX) return "it is longer than 64 MiB";
  return null;
}

/** A vectored request has its length in its result. */
function lengthOf(rows: Rows, row: number): number {
  const { operation, result, lengthBytes } = rows.columns;
  const { vectored = false } = REPLAYED.get(operation[row] as number) ?? {};
  return (vectored ? result[row] : lengthBytes[row]) as number;
}

function requestOf(rows: Rows, row: number, numbers: Numbers) {
  const { offsetBytes, opFlags, operation, sqeFlags } = rows.columns;
  return {
    offsetBytes: offsetBytes[row] as number,
    lengthBytes: lengthOf(rows, row),
    file: numbers.of(rows, row),
    opFlags: opFlags[row] as number,
    operation: operation[row] as number,
    sqeFlags: sqeFlags[row] as number,
  };
}

/** A call that changes a file to which requests go. */
function isCall(rows: Rows, row: number, plan: ReplayPlan): boolean {
  const { ring, file, operation, opFlags, lengthBytes } = rows.columns;
  if (ring[row] !== 0 || !plan.files.has(file[row] as number)) return false;
  const truncates = operation[row] === OPEN && ((opFlags[row] as number) & constants.O_TRUNC) !== 0;
  const tooLong = operation[row] === WRITE && (lengthBytes[row] as number) > LENGTH_MAX;
  return truncates || (CALL_OF[operation[row] as number] !== undefined && !tooLong);
}

function callOf(
  rows: Rows,
  row: number,
  plan: ReplayPlan,
  numbers: Numbers,
): Omit<PackedCall, "completedBefore" | "dueNs"> {
  const { operation, offsetBytes, lengthBytes, opFlags } = rows.columns;
  const kind = CALL_OF[operation[row] as number] ?? "ftruncate";
  const opened = operation[row] === OPEN;
  const place = {
    offsetBytes: opened ? 0 : Math.max(0, offsetBytes[row] as number),
    lengthBytes: lengthBytes[row] as number,
  };
  if (kind === "write" || kind === "fallocate") noteTouched(plan, rows, row, place.lengthBytes);
  return {
    ...place,
    file: numbers.of(rows, row),
    flags: kind === "fallocate" ? (opFlags[row] as number) : 0,
    kind,
  };
}

/** What appends goes to the end of the file, whatever offset it names. */
function noteTouched(plan: ReplayPlan, rows: Rows, row: number, lengthBytes: number): void {
  const { file, fileFlags, offsetBytes } = rows.columns;
  const offset = offsetBytes[row] as number;
  const appends = ((fileFlags[row] as number) & constants.O_APPEND) !== 0;
  if (appends || offset < 0) plan.touched.addedBytes += lengthBytes;
  if (offset >= 0) plan.touched.note(file[row] as number, offset, lengthBytes);
}

/** Requests of a ring under way at each submission, with the one that is submitted. */
function depthsOf(rows: Rows, members: Uint32Array): Uint32Array {
  const ends = Float64Array.from(members, (row) => at(rows, row) + latency(rows, row)).sort();
  return Uint32Array.from(members, (row, index) =>
    Math.max(1, index + 1 - countUpTo(ends, at(rows, row))),
  );
}

/** The ring's flags, as far as the driver can ask for them. */
function modeOf(ring: RecordedRing | undefined): Ring {
  if (ring === undefined) return "best";
  if (ring.flags & 1) return "iopoll";
  if (ring.flags & (1 << 1)) return "sqpoll";
  if (ring.flags & (1 << 13)) return "defer";
  return ring.flags & (1 << 8) ? "coop" : "plain";
}

const at = (rows: Rows, row: number) => rows.columns.atNs[row] as number;
/**
 * A request that was under way when the recording ended counts as completed at once. Never in the moment of its submission:
 * a system call of that moment would wait for it, and it for the call.
 */
const latency = (rows: Rows, row: number) => Math.max(1, rows.columns.latencyNs[row] as number);

function firstAt(rows: Rows, members: Uint32Array): number {
  return members[0] === undefined ? Number.POSITIVE_INFINITY : at(rows, members[0]);
}

function groupBy(
  members: Uint32Array,
  keyOfRow: (row: number) => number,
): Map<number, Uint32Array> {
  const groups = new Map<number, number[]>();
  for (const row of members) {
    const group = groups.get(keyOfRow(row)) ?? [];
    group.push(row);
    groups.set(keyOfRow(row), group);
  }
  return new Map([...groups].map(([key, list]) => [key, Uint32Array.from(list)]));
}
