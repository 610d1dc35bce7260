import { writeSync } from "node:fs";

/** Writes all bytes to a file. A disk that is almost full takes a part; the next write then throws its errno. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
