import { execFileSync } from "node:child_process";
import { UserError } from "../../terminal/errors.js";
import type { Achieved, Load } from "./contender.js";

export interface FioJob {
  iops: number;
  /** What fio reports as its CPU use: RUSAGE_THREAD of the job, so without io-wq workers. */
  ownCpuNs: number;
  writes: number;
}

/** fio's io_uring engine on an existing file, with registered buffers like the driver's. */
export function fioOverwrite(load: Load): Achieved {
  const job = runFio(load, ["--overwrite=1", "--fixedbufs=1"]);
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
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(
      code === "ENOENT" ? "fio is not installed" : `fio failed: ${message.split("\n")[0]}`,
      "Install it with: ./scripts/bootstrap --dev",
    );
  }
}
