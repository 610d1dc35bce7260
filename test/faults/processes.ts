import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** All that a case starts has this in its environment, so that a process that outlives the case is found. */
export const MARKER = "PUNTBENCH_FAULT_CASE";

/** Processes of a case that still run. */
export function processesOf(marker: string): { pid: number; command: string }[] {
  const entry = `${MARKER}=${marker}\0`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => contents(`/proc/${pid}/environ`).includes(entry))
    .map((pid) => ({
      pid: Number(pid),
      command: contents(`/proc/${pid}/cmdline`).replaceAll("\0", " ").slice(0, 200),
    }))
    .filter(({ command }) => command !== "");
}

/** Waits for their end; returns those that do not end. They are killed then, so that no other case meets them. */
export async function survivorsOf(marker: string, waitMs: number): Promise<string[]> {
  const givesUpAtMs = Date.now() + waitMs;
  let left = processesOf(marker);
  while (left.length > 0 && Date.now() < givesUpAtMs) {
    await sleep(20);
    left = processesOf(marker);
  }
  for (const { pid } of left) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
  }
  return left.map(({ pid, command }) => `${pid} (${command})`);
}

function contents(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
