import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

/** V8 puts text up to about this size with its small objects; each larger one costs page faults. */
const CHUNK_BYTES = 1 << 16;
/** A trial is a few kB. A longer "line" shows that this is no results file, and is not kept in memory. */
const LINE_CHARACTERS_MAX = 64 << 20;
const NEWLINE = 10;

/** This file cannot be read as results; the message says why, without naming the file. */
export class UnreadableFile extends Error {}

/** Lines that begin at or after `start` and before `end`, in bytes. */
export interface ByteRange {
  start: number;
  end: number;
}

export const WHOLE_FILE: ByteRange = { start: 0, end: Number.POSITIVE_INFINITY };

interface Batch {
  lines: string[];
  /** The last line of the file, when that does not end in a newline. */
  unterminated: boolean;
}

/** The lines of a range, read in chunks. Throws UnreadableFile. */
export function* lineBatches(file: string, range = WHOLE_FILE): Generator<Batch> {
  const decoder = new StringDecoder("utf8");
  // Pieces of a line whose end was not read yet. They are joined once: a long line takes linear time.
  let pieces: string[] = [];
  let characters = 0;
  for (const chunk of chunksOf(file, range)) {
    const text = decoder.write(chunk);
    pieces.push(text);
    characters += text.length;
    if (text.includes("\n")) {
      const lines = pieces.join("").split("\n");
      const rest = lines.pop() as string;
      pieces = [rest];
      characters = rest.length;
      yield { lines, unterminated: false };
    }
    if (characters > LINE_CHARACTERS_MAX) throw new UnreadableFile("holds a line beyond 64 MiB");
  }
  const rest = pieces.join("");
  if (rest !== "") yield { lines: [rest], unterminated: true };
}

/** Bytes from the first line that begins in the range to the end of the last one that does. */
function* chunksOf(file: string, { start, end }: ByteRange): Generator<Buffer> {
  // A line begins after a newline, so the byte before the range shows whether a line begins at its start.
  let position = Math.max(0, start - 1);
  let begun = start === 0;
  for (const chunk of readFrom(file, position)) {
    const chunkStart = position;
    position += chunk.length;
    let from = 0;
    if (!begun) {
      from = chunk.indexOf(NEWLINE) + 1;
      if (from === 0) continue;
      if (chunkStart + from >= end) return;
      begun = true;
    }
    // The line that holds the byte `end - 1` is the last one; it ends at the next newline.
    const last =
      position >= end ? chunk.indexOf(NEWLINE, Math.max(from, end - 1 - chunkStart)) : -1;
    yield chunk.subarray(from, last < 0 ? chunk.length : last + 1);
    if (last >= 0) return;
  }
}

/** The file in chunks, all in the same memory. */
function* readFrom(file: string, start: number): Generator<Buffer> {
  const memory = Buffer.allocUnsafe(CHUNK_BYTES);
  let position = start;
  const descriptor = orUnreadable(() => openSync(file, "r"));
  try {
    for (;;) {
      const length = orUnreadable(() => readSync(descriptor, memory, 0, CHUNK_BYTES, position));
      if (length === 0) return;
      position += length;
      yield memory.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

function orUnreadable<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw new UnreadableFile(`cannot be read: ${(error as Error).message}`);
  }
}
