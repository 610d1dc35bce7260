import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../terminal/package-root.js";

/** What `puntbench watch` itself uses while a program writes to many files. */
export interface WatchUse {
  /** CPUs that the process of watch keeps busy. */
  cpus: number;
  /** Memory that its maps hold in the kernel. */
  mapBytes: number;
}

/** What runs once a second is compiled late: before, the compiler takes as much as the watch. */
const WARM_UP_MS = 40_000;
const MEASURED_MS = 10_000;
/** USER_HZ, the unit of /proc/PID/stat on every architecture that Node.js runs on. */
const TICK_NS = 1e7;

/** Watches fio, which writes to this many files, with one interval in a second. */
export async function watchUse(folder: string, files: number): Promise<WatchUse> {
  const seconds = (WARM_UP_MS + MEASURED_MS) / 1000 + 4;
  const fio = spawn("fio", fioArgs(folder, files, seconds), { stdio: "ignore" });
  const cli = join(packageRoot(), "dist/cli.js");
  const watch = spawn(process.execPath, [cli, "watch", "--comm", "fio", "--json"], {
    stdio: "ignore",
  });
  try {
    await pause(WARM_UP_MS);
    const before = cpuNsOf(watch.pid);
    await pause(MEASURED_MS);
    const cpuNs = cpuNsOf(watch.pid) - before;
    return { cpus: cpuNs / (MEASURED_MS * 1e6), mapBytes: mapBytes(watch) };
  } finally {
    watch.kill("SIGKILL");
    fio.kill("SIGKILL");
  }
}

function fioArgs(folder: string, files: number, seconds: number): string[] {
  const many = [`--nrfiles=${files}`, `--openfiles=${files}`, `--filesize=${4096 * files}`];
  const rate = ["--rate_iops=5000", "--time_based=1", `--runtime=${seconds}`];
  const kind = ["--ioengine=io_uring", "--rw=randwrite", "--bs=4k", "--direct=1", "--iodepth=8"];
  return [
    "--name=files",
    "--thread",
    `--directory=${folder}`,
    ...many,
    ...rate,
    ...kind,
    "--fallocate=none",
  ];
}

/** CPU time of a process until now. Throws where it has ended. */
export function cpuNsOf(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_NS;
}

function mapBytes({ pid }: ChildProcess): number {
  const folder = `/proc/${pid}/fdinfo`;
  return readdirSync(folder).reduce((sum, name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const bytes = /^map_type[\s\S]*^memlock:\s*(\d+)$/m.exec(text)?.[1];
    return sum + Number(bytes ?? 0);
  }, 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
