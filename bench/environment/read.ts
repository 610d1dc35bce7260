import { readFileSync } from "node:fs";

/** Content of a small kernel file, trimmed; null when it is absent or not readable. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

export function readNumber(path: string): number | null {
  const text = readText(path);
  return text === null || !/^-?\d+$/.test(text) ? null : Number(text);
}
