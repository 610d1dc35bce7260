import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "../../terminal/find-program.js";
import { packageRoot } from "../../terminal/package-root.js";

/** Jobs whose punts are compared with those of fio itself. */
export const SHARES_FILE = join(packageRoot(), "test", "bench", "fio", "shares.fio");
const EVENT = "io_uring:io_uring_queue_async_work";

/** perf mounts tracefs where it is not, and leaves it: so it does that for itself alone. */
const PERF_STAT = ["--mount", "perf", "stat"];

/** Why fio's punts cannot be counted here. */
export function noFioShares(): string | false {
  if (findProgram("fio") === null) return "SKIPPED, needs fio: ./scripts/bootstrap --dev";
  try {
    execFileSync("unshare", [...PERF_STAT, "-e", EVENT, "true"], { stdio: "ignore" });
    return false;
  } catch {
    return "SKIPPED, perf cannot count the tracepoint here (apt-get install linux-perf)";
  }
}

/** In a group the share is that of the writes: its sync always punts. IORING_OP_FSYNC is 3. */
const filter = (job: string) => (job.startsWith("synced") ? ["--filter", "opcode != 3"] : []);

/** Punts of fio's own processes, over the requests that fio reports. Its files are left in the folder. */
export function shareOfFio(folder: string, job: string): number {
  const counts = join(folder, `${job}.perf`);
  const report = join(folder, `${job}.json`);
  const fio = [
    "fio",
    `--section=${job}`,
    `--directory=${folder}`,
    "--output-format=json",
    `--output=${report}`,
    SHARES_FILE,
  ];
  execFileSync(
    "unshare",
    [...PERF_STAT, "-x,", "-o", counts, "-e", EVENT, ...filter(job), ...fio],
    { cwd: folder },
  );
  const punts = /^(\d+),,io_uring:/m.exec(readFileSync(counts, "utf8"))?.[1];
  const { read, write } = JSON.parse(readFileSync(report, "utf8")).jobs[0];
  const requests = read.total_ios + write.total_ios;
  assert.ok(punts !== undefined && requests > 0, job);
  return Number(punts) / requests;
}
