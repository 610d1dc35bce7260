import { createReadStream } from "node:fs";
import { StringDecoder } from "node:string_decoder";

const CHUNK_BYTES = 1 << 20;
/** A trial is a few kB; a "line" beyond this is no results file, and is not collected in memory. */
const LINE_CHARACTERS_MAX = 64 << 20;

/** This file cannot be read as results; the message says why, without naming the file. */
export class UnreadableFile extends Error {}

/** The lines of each chunk; the last batch is `unterminated` when the file does not end in a newline. */
export async function* lineBatches(file: string): AsyncGenerator<{
  lines: string[];
  unterminated: boolean;
}> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
      const lines = (rest + decoder.write(chunk as Buffer)).split("\n");
      rest = lines.pop() as string;
      if (rest.length > LINE_CHARACTERS_MAX) throw new UnreadableFile("holds a line beyond 64 MiB");
      yield { lines, unterminated: false };
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : new UnreadableFile(`cannot be read: ${message}`);
  }
  if (rest !== "") yield { lines: [rest], unterminated: true };
}
