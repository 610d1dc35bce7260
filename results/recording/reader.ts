import { closeSync, openSync, readSync } from "node:fs";
import { UserError } from "../../terminal/errors.js";
import { type Block, DamagedBlock, decodeBlock } from "./block.js";
import {
  DamagedFrame,
  decodeHead,
  FRAME_HEAD_BYTES,
  type Frame,
  SIGNATURE,
  unpack,
} from "./frames.js";
import {
  type RecordedFile,
  type RecordedRing,
  type RecordedThread,
  type RecordingFooter,
  type RecordingHeader,
  RecordingLine,
} from "./schema.js";

/** Files, rings, threads, and parts of files: of each so many take at most half a GB. */
const DESCRIBED_MAX = 2_000_000;

/** A recording without its rows. */
export interface Recording {
  path: string;
  header: RecordingHeader;
  files: Map<number, RecordedFile>;
  rings: Map<number, RecordedRing>;
  threads: Map<number, RecordedThread>;
  /** null: the recorder was killed, or the file was cut off. */
  footer: RecordingFooter | null;
  /** What is wrong with the rest of the file; null: nothing. */
  damage: string | null;
}

export type RecordingPart =
  | { kind: "line"; line: RecordingLine }
  /** `position`: where its frame begins in the file. */
  | { kind: "block"; block: Block; position: number };

/**
 * Reads a recording part by part, with one block in memory. Ends at the first part that is cut off or damaged; returns
 * what is wrong with it, null at a proper end. Throws a UserError for a file that is no recording.
 */
export function* readParts(path: string): Generator<RecordingPart, string | null> {
  const fd = openRecording(path);
  try {
    checkSignature(fd, path);
    for (let position = SIGNATURE.length; ; ) {
      const frame = readFrame(fd, position);
      if (frame === null) return null;
      const { kind, content, bytes } = frame;
      if (kind === "block") yield { kind, block: decodeBlock(content), position };
      else yield { kind, line: parseLine(content) };
      position += bytes;
    }
  } catch (error) {
    if (error instanceof DamagedFrame || error instanceof DamagedBlock) return error.message;
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** One block again. Throws a DamagedFrame or DamagedBlock. */
export function readBlock(fd: number, position: number): Block {
  const frame = readFrame(fd, position);
  if (frame?.kind !== "block") throw new DamagedFrame("it changed while it was read");
  return decodeBlock(frame.content);
}

/** Reads everything but the rows, and hands each block to `use`, with the position of its frame. Throws a UserError. */
export function loadRecording(
  path: string,
  use: (block: Block, position: number) => void = () => {},
): Recording {
  const files = new Map<number, RecordedFile>();
  const rings = new Map<number, RecordedRing>();
  const threads = new Map<number, RecordedThread>();
  let header: RecordingHeader | null = null;
  let footer: RecordingFooter | null = null;
  let regions = 0;
  const parts = readParts(path);
  let part = parts.next();
  for (; !part.done; part = parts.next()) {
    if (part.value.kind === "block") {
      use(part.value.block, part.value.position);
      continue;
    }
    const { line } = part.value;
    if (line.type === "recording") header ??= line;
    if (line.type === "file") {
      files.set(line.index, line);
      regions += line.regions?.length ?? 0;
    }
    if (line.type === "ring") rings.set(line.index, line);
    if (line.type === "thread") threads.set(line.index, line);
    if (line.type === "end") footer = line;
    if (Math.max(files.size, rings.size, threads.size, regions) > DESCRIBED_MAX) {
      throw new UserError(`${path} describes more than can be held`, "Record fewer programs.");
    }
  }
  if (header === null) {
    throw new UserError(
      `${path}: a recording without a header${part.value === null ? "" : `: ${part.value}`}`,
      "Record it again with puntbench record.",
    );
  }
  return { path, header, files, rings, threads, footer, damage: part.value };
}

export function openRecording(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw new UserError(
      `${path}: ${(error as Error).message}`,
      "Name a file that puntbench record wrote.",
    );
  }
}

function checkSignature(fd: number, path: string): void {
  if (readBytes(fd, SIGNATURE.length, 0).equals(SIGNATURE)) return;
  throw new UserError(
    `${path} is no recording, or one of another version`,
    "Name a file that puntbench record wrote.",
  );
}

/** null at the end of the file; `bytes`: of the whole frame. Throws a DamagedFrame. */
function readFrame(fd: number, position: number): (Frame & { bytes: number }) | null {
  const head = readBytes(fd, FRAME_HEAD_BYTES, position);
  if (head.length === 0) return null;
  if (head.length < FRAME_HEAD_BYTES) throw new DamagedFrame("it ends inside a frame");
  const frame = decodeHead(head);
  const packed = readBytes(fd, frame.packedBytes, position + FRAME_HEAD_BYTES);
  if (packed.length < frame.packedBytes) throw new DamagedFrame("it ends inside a frame");
  return { ...unpack(frame, packed), bytes: FRAME_HEAD_BYTES + frame.packedBytes };
}

/** Fewer only at the end of the file. */
function readBytes(fd: number, count: number, position: number): Buffer {
  const bytes = Buffer.allocUnsafe(count);
  let done = 0;
  for (let read = -1; done < count && read !== 0; done += read) {
    read = readSync(fd, bytes, done, count - done, position + done);
  }
  return bytes.subarray(0, done);
}

function parseLine(content: Buffer): RecordingLine {
  try {
    return RecordingLine.parse(JSON.parse(content.toString("utf8")));
  } catch {
    throw new DamagedFrame("a line is not of the format");
  }
}
