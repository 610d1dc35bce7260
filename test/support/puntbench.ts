import { spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../terminal/package-root.js";

export const CLI = join(packageRoot(), "dist", "cli.js");

export interface Outcome {
  pid: number;
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Launch {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Words put before `node cli.js`, e.g. setpriv and its options. */
  prefix?: string[];
  /** Called at each piece of stderr with all of it, a function that signals the process, and its pid. */
  onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void, pid: number) => void;
}

/** Runs the command line as a user would, and waits for its end. */
export function puntbench(args: string[], launch: Launch = {}): Promise<Outcome> {
  const [command, ...rest] = [...(launch.prefix ?? []), process.execPath, CLI, ...args];
  const child = spawn(command as string, rest, {
    cwd: launch.cwd,
    env: { ...process.env, ...launch.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const pid = child.pid ?? 0;
  const outcome: Outcome = { pid, code: null, stdout: "", stderr: "" };
  child.stdout.on("data", (piece) => {
    outcome.stdout += piece;
  });
  child.stderr.on("data", (piece) => {
    outcome.stderr += piece;
    launch.onStderr?.(outcome.stderr, (signal) => child.kill(signal), pid);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...outcome, code }));
  });
}
