import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface WholeFileOptions {
  /** Of the folder beside the file in which it is written; what a killed process left is known by it. */
  prefix?: string;
  mode?: number;
}

/**
 * Writes another file and renames it: a reader never sees half of it, and a link in the file's place is not followed.
 * The folder must be there. Throws the errno.
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  { prefix = ".new-", mode = 0o666 }: WholeFileOptions = {},
): Promise<void> {
  const beside = await mkdtemp(join(dirname(path), prefix));
  try {
    await writeFile(join(beside, "file"), content, { mode });
    await rename(join(beside, "file"), path);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}
