import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../terminal/package-root.js";
import { runFio } from "./fio.js";

/** Share by which a tool's own CPU figure misses what the kernel charged to its control group. */
export interface Accounting {
  driver: number;
  fio: number;
}

const WRITES = 16384;
const BLOCK_BYTES = 4096;
const QUEUE_DEPTH = 8;

/**
 * The same punting writes (no-fallocate, depth 8) seen by the driver's own figures, by fio's, and by the
 * cgroup v2 of the process, which the kernel charges for io-wq workers too. null where no group can be made.
 */
export function cpuAccountingRound(folder: string): Accounting | null {
  const parent = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].find((path) =>
    existsSync(join(path, "cgroup.procs")),
  );
  if (parent === undefined || process.getuid?.() !== 0) return null;
  const group = join(parent, `puntbench-perf-${process.pid}`);
  mkdirSync(group);
  try {
    return { driver: driverError(group, folder), fio: fioError(group, folder) };
  } finally {
    rmdirSync(group);
  }
}

/** In a process of its own, which reads its group right before and after the trial. */
function driverError(group: string, folder: string): number {
  const child = join(packageRoot(), "dist/scripts/perf/accounting-child.js");
  const command = [...joining(group), process.execPath, child, group, folder];
  const output = execFileSync("sh", command, { encoding: "utf8" });
  const { ownCpuNs, chargedNs } = JSON.parse(output);
  return Math.abs(ownCpuNs / chargedNs - 1);
}

/** fio's start-up is measured with a job of one write, and taken off. */
function fioError(group: string, folder: string): number {
  const charged = (writes: number) => {
    const before = chargedNs(group);
    const file = join(folder, "fio-accounting");
    const job = runFio(
      [
        `--filename=${file}`,
        `--iodepth=${QUEUE_DEPTH}`,
        `--bs=${BLOCK_BYTES}`,
        `--size=${writes * BLOCK_BYTES}`,
      ],
      ["sh", ...joining(group)],
    );
    rmSync(file);
    return { ownCpuNs: job.ownCpuNs, chargedNs: chargedNs(group) - before };
  };
  const startUp = charged(1);
  const full = charged(WRITES);
  return Math.abs(full.ownCpuNs / (full.chargedNs - startUp.chargedNs) - 1);
}

/** Arguments of `sh` that join the group and then become the command that follows. */
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
