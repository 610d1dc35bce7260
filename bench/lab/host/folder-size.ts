import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Bytes that a folder takes on its disk; 0 when it is not there. */
export async function folderSizeBytes(path: string): Promise<number> {
  const found = await lstat(path).catch(() => null);
  if (!found) return 0;
  if (!found.isDirectory()) return found.blocks * 512;
  const names = await readdir(path).catch(() => [] as string[]);
  const sizes = await Promise.all(names.map((name) => folderSizeBytes(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}
