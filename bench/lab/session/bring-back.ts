import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { GUEST } from "../image/job.js";
import type { GuestFile } from "../qemu/guest-output.js";

/** Where the bench puts its results inside a guest. */
export const GUEST_RESULTS = `${GUEST.output}/results`;

/** Writes a guest's results files, unchanged, below `out`, and returns their paths. */
export async function bringBack(files: readonly GuestFile[], out: string): Promise<string[]> {
  const written: string[] = [];
  for (const file of files) {
    const below = relative(GUEST_RESULTS, join(GUEST.output, file.path));
    if (below.startsWith("..") || !below.endsWith(".jsonl")) continue;
    const path = join(out, below);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content);
    written.push(path);
  }
  return written;
}

/** What a command printed on its standard output. */
export function standardOutput(files: readonly GuestFile[], command: number): string {
  return files.find((file) => file.path === `stdout.${command}`)?.content.toString("utf8") ?? "";
}
