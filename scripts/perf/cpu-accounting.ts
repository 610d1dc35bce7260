import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../terminal/package-root.js";
import { runFio } from "./fio.js";

/** Relative error of the CPU time that a tool reports. */
export interface Accounting {
  /** Submitter and io-wq, against what the kernel charged to the process's control group. */
  driver: number;
  /** With kernel workers, against the whole system less what it spends when idle; NaN: not counted here, or the machine was not quiet. */
  driverAgainstSystem: number;
  fio: number;
}

/** What the child process prints: sums of spenders, and the two totals that they are compared with. */
export interface DriverAccounting {
  processNs: number;
  chargedNs: number;
  spendersNs: number;
  /** Of the trial, without what the idle machine spends in the same time; null: the machine was not quiet. */
  systemNs: number | null;
}

const WRITES = 16384;
const BLOCK_BYTES = 4096;
const QUEUE_DEPTH = 8;

/**
 * Compares the CPU time of punting writes (no-fallocate, depth 8) as the driver and fio report it with that
 * of the process's cgroup v2, which includes the io-wq workers. null where no group can be made.
 */
export function cpuAccountingRound(folder: string): Accounting | null {
  const parent = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].find((path) =>
    existsSync(join(path, "cgroup.procs")),
  );
  if (parent === undefined || process.getuid?.() !== 0) return null;
  const group = join(parent, `puntbench-perf-${process.pid}`);
  mkdirSync(group);
  try {
    return { ...driverErrors(group, folder), fio: fioError(group, folder) };
  } finally {
    rmdirSync(group);
  }
}

/** Runs a separate process, which reads its group's CPU time right before and after the trial. */
function driverErrors(group: string, folder: string): Omit<Accounting, "fio"> {
  const child = join(packageRoot(), "dist/scripts/perf/accounting-child.js");
  const command = [...joining(group), process.execPath, child, group, folder];
  const output = execFileSync("sh", command, { encoding: "utf8" });
  const measured = JSON.parse(output) as DriverAccounting;
  return {
    driver: Math.abs(measured.processNs / measured.chargedNs - 1),
    driverAgainstSystem: Math.abs(measured.spendersNs / (measured.systemNs ?? Number.NaN) - 1),
  };
}

/** A job of one write measures fio's start-up, which is subtracted. */
function fioError(group: string, folder: string): number {
  const charged = (writes: number) => {
    const before = chargedNs(group);
    const file = join(folder, "fio-accounting");
    const load = { file, queueDepth: QUEUE_DEPTH, blockSizeBytes: BLOCK_BYTES, writes };
    const job = runFio(load, [], ["sh", ...joining(group)]);
    rmSync(file);
    return { ownCpuNs: job.ownCpuNs, chargedNs: chargedNs(group) - before };
  };
  const startUp = charged(1);
  const full = charged(WRITES);
  return Math.abs(full.ownCpuNs / (full.chargedNs - startUp.chargedNs) - 1);
}

/** Arguments of `sh` that join the group and then run the command that follows. */
function joining(group: string): string[] {
  return ["-c", `echo $$ > ${group}/cgroup.procs && exec "$@"`, "sh"];
}

export function chargedNs(group: string): number {
  const usage = /^usage_usec (\d+)$/m.exec(readFileSync(join(group, "cpu.stat"), "utf8"));
  return Number(usage?.[1]) * 1000;
}

export const ACCOUNTING_TRIAL = {
  preparation: "no-fallocate",
  arm: "inline",
  queueDepth: QUEUE_DEPTH,
  blockSizeBytes: BLOCK_BYTES,
  fileSizeBytes: WRITES * BLOCK_BYTES,
} as const;
