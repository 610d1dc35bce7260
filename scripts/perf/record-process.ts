import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../terminal/package-root.js";
import { cpuNsOf } from "./watch-process.js";

/** What a command of puntbench printed with --json, and what its process used. */
export interface Ran<T> {
  summary: T;
  rssBytesMax: number;
  cpuNs: number;
}

/** What `puntbench record` says at its end, as far as it is used here. */
export interface RecordSummary {
  requests: number;
  punts: number;
  bytes: number;
  lost: { events: number; unmatched: number };
}

const CLI = join(packageRoot(), "dist", "cli.js");
const LOOK_EVERY_MS = 50;
const SETTLE_MS = 500;

/** Runs a command to its end. Throws an Error with what it said when it fails. */
export function run<T>(args: readonly string[]): Promise<Ran<T>> {
  return start<T>(args).ended;
}

/** Records this process while `work` runs. */
export async function recorded<T>(
  output: string,
  work: () => Promise<T>,
): Promise<{ result: T; record: Ran<RecordSummary> }> {
  const args = ["record", "--pid", String(process.pid), "-o", output];
  const { child, ended } = start<RecordSummary>(args);
  try {
    // Its first words on stderr say that it records; it takes up its work in the next moment.
    await Promise.race([once(child.stderr as NodeJS.ReadableStream, "data"), ended]);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const result = await work();
    child.kill("SIGINT");
    return { result, record: await ended };
  } finally {
    child.kill("SIGKILL");
  }
}

function start<T>(args: readonly string[]): { child: ChildProcess; ended: Promise<Ran<T>> } {
  const stdio = ["ignore", "pipe", "pipe"] as const;
  const child = spawn(process.execPath, [CLI, ...args, "--json"], { stdio: [...stdio] });
  return { child, ended: end<T>(child) };
}

async function end<T>(child: ChildProcess): Promise<Ran<T>> {
  let [stdout, stderr] = ["", ""];
  let used = { rssBytesMax: 0, cpuNs: 0 };
  child.stdout?.on("data", (piece) => {
    stdout += piece;
  });
  child.stderr?.on("data", (piece) => {
    stderr += piece;
  });
  // The kernel keeps sum and peak itself: a look now and then misses only what was added after it.
  const timer = setInterval(() => {
    used = usedBy(child.pid) ?? used;
  }, LOOK_EVERY_MS);
  const [code] = child.exitCode === null ? await once(child, "close") : [child.exitCode];
  clearInterval(timer);
  if (code !== 0 || stdout === "") throw new Error(`exit code ${code}: ${stderr}`);
  return { summary: JSON.parse(stdout), ...used };
}

/** null: it has ended. */
function usedBy(pid: number | undefined): { rssBytesMax: number; cpuNs: number } | null {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return peak === undefined
      ? null
      : { rssBytesMax: Number(peak) * 1024, cpuNs: cpuNsOf(pid ?? 0) };
  } catch {
    return null;
  }
}
