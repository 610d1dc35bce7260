import { createHash } from "node:crypto";
import { readdir, readFile, readlink } from "node:fs/promises";
import { join, relative } from "node:path";

/** Files that the lab itself puts into a kernel's folder. */
const NOT_CONTENT = ["manifest.json", "lock"];

/**
 * SHA-256 over the names and bytes of all files and links below a folder: the kernel, compressed and not, and its
 * modules. What is booted is what was unpacked from the signed packages.
 */
export async function contentHash(folder: string): Promise<string> {
  const hash = createHash("sha256");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const paths = files.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
  for (const path of paths.filter((name) => !NOT_CONTENT.includes(name))) {
    const full = join(folder, path);
    const link = await readlink(full).catch(() => null);
    const content = link === null ? await readFile(full) : `link to ${link}`;
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}
