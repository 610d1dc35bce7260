/** A file that a guest sent. */
export interface GuestFile {
  /** Relative, below the guest's output folder. */
  path: string;
  content: Buffer;
}

/** What the lab holds of one guest's files in memory, at most. A results file has a few MiB. */
export const OUTPUT_BYTES_MAX = 256 * 2 ** 20;

/**
 * Reads what the guest wrote on its output port: for each file a line `./PATH SIZE`, then its bytes;
 * the last line is `end`. null when something is still missing, or is not of that form.
 */
export function guestFiles(stream: Buffer): GuestFile[] | null {
  const files: GuestFile[] = [];
  let at = 0;
  while (at < stream.length) {
    const lineEnd = stream.indexOf(0x0a, at);
    if (lineEnd < 0) return null;
    const line = stream.toString("utf8", at, lineEnd);
    if (line === "end") return files;
    const match = /^\.\/(.+) (\d{1,15})$/.exec(line);
    if (!match) return null;
    const path = match[1] as string;
    const end = lineEnd + 1 + Number(match[2]);
    if (end > stream.length || path.split("/").includes("..")) return null;
    files.push({ path, content: stream.subarray(lineEnd + 1, end) });
    at = end;
  }
  return null;
}
