import { rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { HALF_MADE } from "./cache-lock.js";

/** Writes another file and renames it, so that a reader never sees half of the text. Call it under the cache's lock. */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  const beside = join(dirname(path), `${HALF_MADE}${basename(path)}`);
  await writeFile(beside, text, { mode: 0o600 });
  await rename(beside, path);
}
