import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../terminal/package-root.js";
import type { Ending } from "./ending.js";
import { MARKER } from "./processes.js";

const CLI = join(packageRoot(), "dist", "cli.js");
/** A program that runs longer hangs. */
const HANGS_AFTER_MS = 60_000;

export interface Launch {
  /** Words put before `node cli.js`. */
  prefix?: readonly string[];
  env?: NodeJS.ProcessEnv;
  stdio?: StdioOptions;
  /** For a program that may take longer than others. */
  hangsAfterMs?: number;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ending>;
}

/** The directories of one case, and the programs that it starts. Nothing of it is shared with another case. */
export class Place {
  /** --dir, and only for what puntbench makes. */
  readonly dir: string;
  readonly out: string;
  readonly temporary: string;
  /** XDG_CACHE_HOME. */
  readonly cache: string;
  /** Stands for the rest of the host: nothing here may change. */
  readonly outside: string;
  readonly marker: string;
  /** Process ids of what was started. */
  readonly pids = new Set<number>();

  /** What a case has mounted at `dir`, and unmounts with the place; null: nothing. */
  mounted: { unmount(): void } | null = null;

  /** @param random gives numbers in [0, 1), the same for the same case and seed. */
  constructor(
    readonly root: string,
    readonly random: () => number,
  ) {
    this.marker = root;
    this.dir = join(root, "dir");
    this.out = join(root, "out");
    this.temporary = join(root, "temporary");
    this.cache = join(root, "cache");
    this.outside = join(root, "outside");
    for (const folder of [root, this.dir, this.temporary, this.cache, this.outside]) {
      mkdirSync(folder, { mode: 0o700 });
    }
    // Another user may pass through.
    chmodSync(root, 0o711);
    mkdirSync(join(this.outside, "data"));
    writeFileSync(join(this.outside, "data", "table"), "what a database holds\n");
    symlinkSync("data/table", join(this.outside, "link"));
  }

  /** Starts puntbench. */
  start(args: readonly string[], launch: Launch = {}): Running {
    return this.startProgram([process.execPath, CLI, ...args], launch);
  }

  run(args: readonly string[], launch: Launch = {}): Promise<Ending> {
    return this.start(args, launch).ended;
  }

  startProgram(words: readonly string[], launch: Launch = {}): Running {
    const { prefix = [], env, stdio, hangsAfterMs = HANGS_AFTER_MS } = launch;
    const [program, ...args] = [...prefix, ...words] as [string, ...string[]];
    const child = spawn(program, args, {
      cwd: this.root,
      env: { ...process.env, ...this.environment(), ...env },
      stdio: stdio ?? ["ignore", "pipe", "pipe"],
      detached: true,
    });
    if (child.pid !== undefined) this.pids.add(child.pid);
    return { child, ended: endingOf(child, words.slice(2).join(" ") || program, hangsAfterMs) };
  }

  environment(): NodeJS.ProcessEnv {
    return {
      [MARKER]: this.marker,
      HOME: this.outside,
      TMPDIR: this.temporary,
      XDG_CACHE_HOME: this.cache,
      NO_COLOR: "1",
    };
  }

  /** Makes a user the owner of all that puntbench may write to. */
  giveTo(user: number): void {
    mkdirSync(this.out, { recursive: true });
    for (const folder of [this.dir, this.out, this.temporary, this.cache]) {
      chownSync(folder, user, user);
    }
  }

  remove(): void {
    this.mounted?.unmount();
    rmSync(this.root, { recursive: true, force: true });
  }
}

function endingOf(child: ChildProcess, command: string, hangsAfterMs: number): Promise<Ending> {
  const ending: Ending = { command, code: null, signal: null, stdout: "", stderr: "" };
  child.stdout?.on("data", (piece) => {
    ending.stdout += piece;
  });
  child.stderr?.on("data", (piece) => {
    ending.stderr += piece;
  });
  return new Promise((resolve, reject) => {
    const hangs = setTimeout(() => {
      ending.stderr += `\nfault suite: it hung, and was killed after ${hangsAfterMs / 1000} s\n`;
      child.kill("SIGKILL");
    }, hangsAfterMs);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(hangs);
      resolve({ ...ending, code, signal });
    });
  });
}
