import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { packageRoot } from "../../terminal/package-root.js";

/** Sorts by start, and two runs of one second still differ: "20261120T164501Z-1f3a9c". */
export function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${stamp}-${randomBytes(3).toString("hex")}`;
}

export function toolVersion(): string {
  return JSON.parse(readFileSync(`${packageRoot()}/package.json`, "utf8")).version;
}
