import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { packageRoot } from "../terminal/package-root.js";

/** Sorts by start, and two runs of one second still differ: "20261120T164501Z-1f3a9c". */
export function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${stamp}-${randomBytes(3).toString("hex")}`;
}

export function toolVersion(): string {
  return JSON.parse(readFileSync(`${packageRoot()}/package.json`, "utf8")).version;
}

/** The commit of this checkout, with "+changes" where it was edited; null outside a checkout. */
export function gitCommit(): string | null {
  const git = (...args: string[]) =>
    spawnSync("git", ["-C", packageRoot(), ...args], { encoding: "utf8", timeout: 5_000 });
  const head = git("rev-parse", "--short=12", "HEAD");
  if (head.status !== 0) return null;
  const changed = git("status", "--porcelain", "--untracked-files=no").stdout.trim() !== "";
  return head.stdout.trim() + (changed ? "+changes" : "");
}
