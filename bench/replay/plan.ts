import { constants } from "node:fs";
import {
  CALL_BYTES,
  type CallKind,
  type PackedCall,
  packCall,
  packRequest,
  REQUEST_BYTES,
} from "../../native/replay.js";
import { MinHeap } from "../../results/recording/min-heap.js";
import type { Recording } from "../../results/recording/reader.js";
import type { Row } from "../../results/recording/rows-in-order.js";
import type { RecordedRing } from "../../results/recording/schema.js";
import type { Ring } from "../../results/vocabulary.js";
import { PackedFile } from "./packed-file.js";
import {
  lengthOf,
  noteTouched,
  PUNTED,
  REPLAYED,
  reasonToLeaveOut,
  type Survey,
} from "./survey.js";
import { LENGTH_MAX } from "./touched.js";

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

/** Requests and system calls, ready for the driver, in files. */
export interface ReplayPlan extends Survey {
  rings: { ring: Ring; requests: string; count: number }[];
  calls: { path: string; count: number };
  /** What requests and calls name by its number: a file, opened with these flags. */
  descriptors: Descriptor[];
  /**
   * Ranges of a file that were written before it was looked at, by writes that punted: their blocks were not written
   * before. Offset and length.
   */
  early: Map<number, [number, number][]>;
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

  of({ block, row }: Row): number {
    const file = block.file[row] as number;
    const openFlags = (block.fileFlags[row] as number) & KEPT_FLAGS;
    const key = `${file} ${openFlags}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.descriptors.push({ file, openFlags: openFlags | constants.O_RDWR });
    this.#numbers.set(key, this.descriptors.length - 1);
    return this.descriptors.length - 1;
  }
}

/**
 * Writes the requests of a recording for the driver. `rows`: all of them, in the order of their times. `speed` 2: twice as
 * fast. `file`: gives a new file of this name its path. Throws a UserError where the disk is full.
 */
export function planReplay(
  recording: Recording,
  survey: Survey,
  rows: Iterable<Row>,
  { speed, file }: { speed: number; file: (name: string) => string },
): ReplayPlan {
  const planner = new Planner(recording, survey, speed, file);
  try {
    for (const row of rows) planner.add(row);
  } finally {
    planner.close();
  }
  return planner.plan;
}

/** A ring whose requests are being written. */
interface OpenRing {
  requests: PackedFile;
  /** Completions of those that are under way. */
  ends: MinHeap<number>;
}

const newEnds = () => new MinHeap<number>((a, b) => a < b);

class Planner {
  readonly #rings = new Map<number, OpenRing>();
  readonly #calls: PackedFile;
  readonly #descriptors: Descriptor[] = [];
  readonly #numbers = new Numbers(this.#descriptors);
  readonly #early: ReplayPlan["early"] = new Map();
  /** Completions of the requests of all rings that are under way. */
  readonly #ends = newEnds();
  #completed = 0;
  #startNs: number | null = null;

  constructor(
    readonly recording: Recording,
    readonly survey: Survey,
    readonly speed: number,
    readonly file: (name: string) => string,
  ) {
    this.#calls = new PackedFile(file("calls"), CALL_BYTES);
  }

  get plan(): ReplayPlan {
    return {
      ...this.survey,
      rings: [...this.#rings].map(([index, { requests }]) => ({
        ring: modeOf(this.recording.rings.get(index)),
        requests: requests.path,
        count: requests.count,
      })),
      calls: { path: this.#calls.path, count: this.#calls.count },
      descriptors: this.#descriptors,
      early: this.#early,
    };
  }

  close(): void {
    this.#calls.close();
    for (const { requests } of this.#rings.values()) requests.close();
  }

  add(row: Row): void {
    if (row.block.ring[row.row] === 0) {
      if (isCall(row, this.survey)) this.#addCall(row);
    } else if (reasonToLeaveOut(row) === null) {
      this.#addRequest(row);
    }
  }

  #addRequest(row: Row): void {
    const index = row.block.ring[row.row] as number;
    const ring = this.#rings.get(index) ?? this.#openRing(index);
    const end = at(row) + latency(row);
    dropUpTo(ring.ends, at(row));
    ring.ends.push(end);
    // Also without a system call that asks for it: else it would hold every request.
    this.#completed += dropUpTo(this.#ends, at(row));
    this.#ends.push(end);
    this.#noteEarly(row);
    const request = {
      ...requestOf(row, this.#numbers),
      callsBefore: this.#calls.count,
      depth: ring.ends.size,
      dueNs: this.#due(row),
    };
    ring.requests.add((into, place) => packRequest(into, place, request));
  }

  #addCall(row: Row): void {
    this.#completed += dropUpTo(this.#ends, at(row));
    const call = {
      ...callOf(row, this.survey, this.#numbers),
      completedBefore: this.#completed,
      dueNs: this.#due(row),
    };
    this.#calls.add((into, place) => packCall(into, place, call));
  }

  #openRing(index: number): OpenRing {
    const requests = new PackedFile(this.file(`ring-${index}`), REQUEST_BYTES);
    const ring = { requests, ends: newEnds() };
    this.#rings.set(index, ring);
    return ring;
  }

  #due(row: Row): number {
    this.#startNs ??= at(row);
    return (at(row) - this.#startNs) / this.speed;
  }

  #noteEarly(row: Row): void {
    const { file, operation, outcome, offsetBytes } = row.block;
    const index = file[row.row] as number;
    const offset = offsetBytes[row.row] as number;
    const isWrite = REPLAYED.get(operation[row.row] as number)?.name.startsWith("write") ?? false;
    if (!isWrite || outcome[row.row] !== PUNTED || offset < 0) return;
    if (at(row) >= (this.recording.files.get(index)?.seenAtNs ?? 0)) return;
    const ranges = this.#early.get(index) ?? [];
    ranges.push([offset, lengthOf(row)]);
    this.#early.set(index, ranges);
  }
}

/** Takes out what is at most this; returns how many. */
function dropUpTo(ends: MinHeap<number>, most: number): number {
  let dropped = 0;
  while (ends.size > 0 && (ends.first as number) <= most) {
    ends.pop();
    dropped += 1;
  }
  return dropped;
}

function requestOf({ block, row }: Row, numbers: Numbers) {
  const { offsetBytes, opFlags, operation, sqeFlags } = block;
  return {
    offsetBytes: offsetBytes[row] as number,
    lengthBytes: lengthOf({ block, row }),
    file: numbers.of({ block, row }),
    opFlags: opFlags[row] as number,
    operation: operation[row] as number,
    sqeFlags: sqeFlags[row] as number,
  };
}

/** A call that changes a file to which requests go. */
function isCall({ block, row }: Row, { files }: Survey): boolean {
  const { ring, file, operation, opFlags, lengthBytes } = block;
  if (ring[row] !== 0 || !files.has(file[row] as number)) return false;
  const truncates = operation[row] === OPEN && ((opFlags[row] as number) & constants.O_TRUNC) !== 0;
  const tooLong = operation[row] === WRITE && (lengthBytes[row] as number) > LENGTH_MAX;
  return truncates || (CALL_OF[operation[row] as number] !== undefined && !tooLong);
}

function callOf(
  { block, row }: Row,
  survey: Survey,
  numbers: Numbers,
): Omit<PackedCall, "completedBefore" | "dueNs"> {
  const { operation, offsetBytes, lengthBytes, opFlags } = block;
  const kind = CALL_OF[operation[row] as number] ?? "ftruncate";
  const opened = operation[row] === OPEN;
  const place = {
    offsetBytes: opened ? 0 : Math.max(0, offsetBytes[row] as number),
    lengthBytes: lengthBytes[row] as number,
  };
  if (kind === "write" || kind === "fallocate")
    noteTouched(survey, { block, row }, place.lengthBytes);
  return {
    ...place,
    file: numbers.of({ block, row }),
    flags: kind === "fallocate" ? (opFlags[row] as number) : 0,
    kind,
  };
}

/** The ring's flags, as far as the driver can ask for them. */
function modeOf(ring: RecordedRing | undefined): Ring {
  if (ring === undefined) return "best";
  if (ring.flags & 1) return "iopoll";
  if (ring.flags & (1 << 1)) return "sqpoll";
  if (ring.flags & (1 << 13)) return "defer";
  return ring.flags & (1 << 8) ? "coop" : "plain";
}

const at = ({ block, row }: Row) => block.atNs[row] as number;
/**
 * A request that was under way when the recording ended counts as completed at once. Never in the moment of its submission:
 * a system call of that moment would wait for it, and it for the call.
 */
const latency = ({ block, row }: Row) => Math.max(1, block.latencyNs[row] as number);
