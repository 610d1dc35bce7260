import { closeSync, constants, fstatSync, ftruncateSync, openSync, statfsSync } from "node:fs";
import type { Driver } from "../../native/index.js";
import { CALL_BYTES, type PackedCall, packCall } from "../../native/replay.js";
import type { RecordedFile, Region } from "../../results/recording/schema.js";
import type { Preparation } from "../../results/vocabulary.js";
import { UsageError } from "../../terminal/errors.js";
import { formatBytes } from "../../terminal/units.js";
import type { ScratchDirectory } from "../environment/scratch.js";
import { countUpTo } from "./ascending.js";
import { PackedFile } from "./packed-file.js";
import type { ReplayPlan } from "./plan.js";
import { PIECE_BYTES } from "./touched.js";

const { O_CREAT, O_DIRECT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
const BLOCK_BYTES = 4096;
/** FALLOC_FL_KEEP_SIZE */
const KEEP_SIZE = 1;

/** A file of a recording that is made anew. */
export interface ReplayedFile {
  /** Its index in the recording. */
  index: number;
  path: string;
  inode: number;
  /** null: its state is not in the recording, and it was taken as written. */
  recorded: RecordedFile | null;
}

/** What the files are before the first request, and the space that they need. */
export interface FilePlan {
  sizes: number[];
  calls: PackedCall[];
  /** Written or allocated before the first request. */
  bytes: number;
}

/** What a file is in the place of its recorded state. */
export type WhatIf = Preparation | null;

/** Files in the order of the plan's numbers. */
export function planFiles(
  plan: ReplayPlan,
  files: ReadonlyMap<number, RecordedFile>,
  whatIf: WhatIf,
): FilePlan {
  const out: FilePlan = { sizes: [], calls: [], bytes: 0 };
  for (const [number, index] of [...plan.files].entries()) {
    const { sizeBytes, regions } = stateOf(plan, index, files.get(index) ?? null, whatIf);
    out.sizes[number] = sizeBytes;
    for (const region of clipped(regions, plan.touched.pieces.get(index) ?? new Set())) {
      out.bytes += region[1];
      out.calls.push(...callsFor(number, region));
    }
  }
  for (const number of [...plan.files].keys()) {
    out.calls.push(callOf(number, "fsync", 0, 0));
  }
  return out;
}

/** Throws a UsageError when the replay could need more than this. */
export function checkSpace(
  plan: ReplayPlan,
  files: FilePlan,
  scratch: ScratchDirectory,
  most: number | null,
): void {
  const { bavail, bsize } = statfsSync(scratch.path);
  const limit = most ?? Math.floor((bavail * bsize) / 10);
  const needed = Math.max(plan.touched.bytes(), files.bytes);
  if (needed <= limit) return;
  throw new UsageError(
    `the files need ${formatBytes(needed)} in ${scratch.location}, and ${formatBytes(limit)} may be used`,
    "Raise --max-space, or name another directory with --dir.",
  );
}

/** Makes the files in the scratch directory, in the state that they had. */
export async function makeFiles(
  driver: Driver,
  scratch: ScratchDirectory,
  plan: ReplayPlan,
  planned: FilePlan,
  recorded: ReadonlyMap<number, RecordedFile>,
): Promise<ReplayedFile[]> {
  const files: ReplayedFile[] = [];
  for (const [number, index] of [...plan.files].entries()) {
    const path = scratch.file(`file-${index}`);
    const fd = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      setSize(fd, planned.sizes[number] as number, index);
      files.push({ index, path, inode: fstatSync(fd).ino, recorded: recorded.get(index) ?? null });
    } finally {
      closeSync(fd);
    }
  }
  const calls = new PackedFile(scratch.file("preparation"), CALL_BYTES);
  for (const call of planned.calls) calls.add((into, index) => packCall(into, index, call));
  calls.close();
  await driver.runReplay({
    files: files.map(({ path }) => ({ path, openFlags: O_RDWR | O_DIRECT })),
    rings: [],
    calls: calls.path,
    paced: false,
    iowqWorkers: 0,
    countPunts: false,
  });
  return files;
}

function setSize(fd: number, bytes: number, index: number): void {
  try {
    ftruncateSync(fd, bytes);
  } catch (error) {
    // Beyond 2^53, which a size in whole blocks can reach, Node does not ask the kernel.
    const tooLarge = ["EFBIG", "ERR_OUT_OF_RANGE"];
    if (!tooLarge.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    throw new UsageError(
      `file ${index} of the recording has ${formatBytes(bytes)}, more than a file may have here`,
      "Name a directory on another filesystem with --dir.",
    );
  }
}

function stateOf(plan: ReplayPlan, index: number, file: RecordedFile | null, whatIf: WhatIf) {
  const end = roundUp(plan.touched.endBytes.get(index) ?? 0);
  const whole = Math.max(end, roundUp(file?.sizeBytes ?? 0));
  if (whatIf !== null) return preparedState(whatIf, whole);
  if (file === null || file.sizeBytes === null || file.regions === null) {
    return { sizeBytes: whole, regions: [[0, whole, "written"]] as Region[] };
  }
  return { sizeBytes: file.sizeBytes, regions: without(file.regions, plan.early.get(index) ?? []) };
}

function preparedState(
  preparation: Preparation,
  bytes: number,
): { sizeBytes: number; regions: Region[] } {
  if (preparation === "no-fallocate") return { sizeBytes: 0, regions: [] };
  const state = preparation === "dd-prefill" ? "written" : "unwritten";
  const sizeBytes = preparation === "keep-size" ? 0 : bytes;
  return { sizeBytes, regions: [[0, bytes, state]] };
}

/** Written regions without these ranges. Regions follow each other. */
function without(regions: readonly Region[], ranges: readonly [number, number][]): Region[] {
  const merged = mergedRanges(ranges);
  let first = 0;
  return regions.flatMap(([offset, bytes, state]) => {
    if (state !== "written") return [[offset, bytes, state] as Region];
    const left: Region[] = [];
    const regionEnd = offset + bytes;
    while ((merged[first]?.end ?? Number.POSITIVE_INFINITY) <= offset) first += 1;
    let from = offset;
    for (let index = first; index < merged.length; index += 1) {
      const { start, end } = merged[index] as Span;
      if (start >= regionEnd) break;
      if (start > from) left.push([from, start - from, state]);
      from = end;
    }
    if (from < regionEnd) left.push([from, regionEnd - from, state]);
    return left;
  });
}

interface Span {
  start: number;
  end: number;
}

/** In order, and none touches another. */
function mergedRanges(ranges: readonly [number, number][]): Span[] {
  const merged: Span[] = [];
  for (const [start, length] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, start + length);
    else merged.push({ start, end: start + length });
  }
  return merged;
}

/** The parts of regions that requests touch, in whole blocks. */
function clipped(regions: readonly Region[], touched: ReadonlySet<number>): Region[] {
  const out: Region[] = [];
  const pieces = [...touched].sort((a, b) => a - b);
  for (const [offset, bytes, state] of regions) {
    const end = offset + bytes;
    for (const piece of piecesWithin(pieces, offset, end)) {
      const from = Math.max(offset, piece * PIECE_BYTES);
      const to = Math.min(end, (piece + 1) * PIECE_BYTES);
      const whole = Math.floor((to - from) / BLOCK_BYTES) * BLOCK_BYTES;
      if (whole > 0 && from % BLOCK_BYTES === 0) out.push([from, whole, state]);
    }
  }
  return out;
}

function piecesWithin(pieces: readonly number[], from: number, to: number): readonly number[] {
  const first = Math.floor(from / PIECE_BYTES);
  const last = Math.floor((to - 1) / PIECE_BYTES);
  return pieces.slice(countUpTo(pieces, first - 1), countUpTo(pieces, last));
}

function callsFor(file: number, [offset, bytes, state]: Region): PackedCall[] {
  if (state === "written") return [callOf(file, "write", offset, bytes)];
  return [{ ...callOf(file, "fallocate", offset, bytes), flags: KEEP_SIZE }];
}

function callOf(file: number, kind: PackedCall["kind"], offset: number, bytes: number): PackedCall {
  return {
    dueNs: 0,
    completedBefore: 0,
    flags: 0,
    file,
    kind,
    offsetBytes: offset,
    lengthBytes: bytes,
  };
}

const roundUp = (bytes: number) => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
