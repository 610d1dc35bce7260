import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findProgram } from "../../terminal/find-program.js";
import { freePort } from "./free-port.js";

const missing = ["munged", "slurmctld", "slurmd", "sbatch"].filter(
  (name) => findProgram(name) === null,
);
export const noSlurm: string | false =
  missing.length > 0
    ? `SKIPPED, needs ${missing.join(", ")}: apt-get install slurm-wlm munge`
    : process.getuid?.() !== 0 && "SKIPPED, slurmd needs root to run jobs of users";

/** Two jobs at a time, whatever this machine has. */
const CPUS = 2;

/** A Slurm cluster of this machine alone: its own munge, controller and worker, with all their files in one new folder. */
export class SlurmCluster {
  readonly #folder: string;
  readonly #processes: ChildProcess[] = [];
  readonly env: NodeJS.ProcessEnv;

  private constructor() {
    // Every program of the cluster refuses a folder that others can write to, so it cannot be below a shared one.
    this.#folder = mkdtempSync("/run/puntbench-slurm-");
    chmodSync(this.#folder, 0o755);
    this.env = { ...process.env, SLURM_CONF: join(this.#folder, "slurm.conf") };
  }

  static async start(): Promise<SlurmCluster> {
    const cluster = new SlurmCluster();
    try {
      await cluster.#start();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const at = (name: string) => join(this.#folder, name);
    for (const name of ["state", "spool"]) mkdirSync(at(name));
    writeFileSync(at("munge.key"), randomBytes(128), { mode: 0o600 });
    const [controllerPort, workerPort] = [await freePort(), await freePort()];
    writeFileSync(at("slurm.conf"), configuration(this.#folder, controllerPort, workerPort));
    const files = ["key", "socket", "log", "pid", "seed"].map(
      (name) => `--${name === "socket" ? name : `${name}-file`}=${at(`munge.${name}`)}`,
    );
    this.#run("munged", ["--foreground", ...files]);
    this.#run("slurmctld", ["-D", "-f", at("slurm.conf")]);
    this.#run("slurmd", ["-D", "-f", at("slurm.conf"), "-N", "worker"]);
    for (let tries = 0; !this.#isIdle(); tries += 1) {
      if (tries === 300) assert.fail(`the cluster does not start: ${this.#logs()}`);
      await sleep(200);
    }
  }

  #run(program: string, args: readonly string[]): void {
    const child = spawn(program, args, { env: this.env, stdio: "ignore" });
    this.#processes.unshift(child);
  }

  #isIdle(): boolean {
    try {
      const words = ["--noheader", "--format=%T"];
      return execFileSync("sinfo", words, { env: this.env, encoding: "utf8" }).trim() === "idle";
    } catch {
      return false;
    }
  }

  #logs(): string {
    return ["munge.log", "slurmctld.log", "slurmd.log"]
      .map((name) => {
        try {
          return readFileSync(join(this.#folder, name), "utf8").slice(-2000);
        } catch {
          return `${name} is not there`;
        }
      })
      .join("\n");
  }

  /** Submits an array of jobs and waits for their end. Returns the exit code of sbatch: the highest of the jobs. */
  async runArray(count: number, args: readonly string[], cwd: string): Promise<number> {
    const words = ["--wait", "--quiet", `--array=0-${count - 1}`, "--cpus-per-task=1", "--mem=0"];
    const child = spawn("sbatch", [...words, ...args], { cwd, env: this.env, stdio: "inherit" });
    const [code] = await once(child, "close");
    return code;
  }

  async stop(): Promise<void> {
    for (const child of this.#processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await Promise.race([ended, sleep(10_000).then(() => child.kill("SIGKILL"))]);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function configuration(folder: string, controllerPort: number, workerPort: number): string {
  return `ClusterName=puntbench-test
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmUser=root
SlurmctldPort=${controllerPort}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
NodeName=worker NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${workerPort} CPUs=${CPUS} State=UNKNOWN
PartitionName=lab Nodes=worker Default=YES MaxTime=INFINITE State=UP
`;
}
