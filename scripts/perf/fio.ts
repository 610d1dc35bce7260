import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { UserError } from "../../terminal/errors.js";
import type { Achieved, Load } from "./contender.js";

export interface FioJob {
  iops: number;
  /** What fio reports as its CPU use: RUSAGE_THREAD of the job, so without io-wq workers. */
  ownCpuNs: number;
  writes: number;
}

const OVERWRITE = ["--overwrite=1", "--fixedbufs=1"];

/** fio's io_uring engine on an existing file, with registered buffers, else with its defaults. */
export function fioOverwrite(load: Load): Achieved {
  return achieved(runFio(load, OVERWRITE));
}

/**
 * fio as a user who knows it would set it: by default it submits one request at a time. The driver stamps only 16
 * bytes of a block, so fio does not change its blocks either.
 */
export function tunedFioOverwrite(load: Load): Achieved {
  return achieved(runFio(load, [...OVERWRITE, ...tuning(load)]));
}

/**
 * Calls of io_uring_enter for each write of the tuned fio, from a run of its own: `perf stat` counts them and that costs
 * time. null where perf is missing or may not count.
 */
export function tunedFioCallsPerWrite(load: Load): number | null {
  const output = `${load.file}.perf-stat`;
  const event = "-esyscalls:sys_enter_io_uring_enter";
  // perf mounts tracefs where it is not, and leaves it: so it does that for itself alone.
  const perf = ["unshare", "--mount", "perf", "stat", "-x,", `-o${output}`, event];
  try {
    const { writes } = runFio(load, [...OVERWRITE, ...tuning(load)], [...perf, "--"]);
    const calls = /^(\d+),.*sys_enter_io_uring_enter/m.exec(readFileSync(output, "utf8"));
    return calls ? Number(calls[1]) / writes : null;
  } catch {
    return null;
  } finally {
    rmSync(output, { force: true });
  }
}

function tuning(load: Load): string[] {
  return [
    `--iodepth_batch_submit=${load.queueDepth}`,
    "--iodepth_batch_complete_min=1",
    `--iodepth_batch_complete_max=${load.queueDepth}`,
    "--registerfiles=1",
    "--nonvectored=1",
    "--scramble_buffers=0",
  ];
}

function achieved(job: FioJob): Achieved {
  return { iops: job.iops, cpuNsPerWrite: job.ownCpuNs / job.writes };
}

/** `prefix` is a command that runs fio as its last arguments. */
export function runFio(load: Load, options: string[], prefix: string[] = []): FioJob {
  const [command, ...args] = [
    ...prefix,
    "fio",
    "--name=perf",
    `--filename=${load.file}`,
    `--iodepth=${load.queueDepth}`,
    `--bs=${load.blockSizeBytes}`,
    `--size=${load.blockSizeBytes * load.writes}`,
    "--ioengine=io_uring",
    "--rw=write",
    "--direct=1",
    "--fallocate=none",
    "--output-format=json",
    ...options,
  ];
  const { write, usr_cpu, sys_cpu } = JSON.parse(call(command as string, args)).jobs[0];
  return {
    iops: write.iops,
    // Percent of the runtime, which fio gives in milliseconds.
    ownCpuNs: ((usr_cpu + sys_cpu) / 100) * write.runtime * 1e6,
    writes: write.total_ios,
  };
}

function call(command: string, args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", maxBuffer: 64 << 20 });
  } catch (error) {
    throw failure(error as SpawnError);
  }
}

/** What execFileSync throws. */
type SpawnError = NodeJS.ErrnoException & { status?: number | null; signal?: string | null };

function failure({ code, signal, status, message }: SpawnError): UserError {
  if (code === "ENOENT") {
    return new UserError("fio is not installed", "Install it with: ./scripts/bootstrap --dev");
  }
  if (signal) {
    return new UserError(
      `fio was killed by ${signal}`,
      "Look in dmesg for the OOM killer, and run it again.",
    );
  }
  const reason = message.split("\n")[1] || `exit code ${status}`;
  return new UserError(`fio failed: ${reason}`, "Run the command by hand to see what it says.");
}
