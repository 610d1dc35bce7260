import { accessSync, constants } from "node:fs";
import { join } from "node:path";

const SBIN = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The absolute path of a program in PATH or a folder of administrators; null when missing. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env.PATH ?? "").split(":"), ...SBIN].filter(Boolean);
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
