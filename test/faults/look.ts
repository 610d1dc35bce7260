import { readdirSync, readFileSync } from "node:fs";

/** Names in a folder; [] where it is not there (any more). */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Bytes of a file as latin1; "" where it is not there (any more). */
export function contents(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
