import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { GUEST } from "../../../bench/lab/image/job.js";
import type { CauseShare } from "../../../bench/watch/causes.js";
import type { Observation } from "../../../bench/watch/observation.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { inGuest, kernelOf, skip as noLab } from "../../support/guest.js";
import { cannotRun, scratchFolder } from "../../support/kernel.js";

const skip = noLab || cannotRun("mariadbd", "--version") || cannotRun("sysbench", "--version");
const KERNELS = (process.env.PUNTBENCH_LAB_KERNELS ?? "6.1,7.3").split(",");
const PROGRAM = "dist/test/bench/watch/mariadb-in-guest.js";

/** A fresh data directory, and what the server and sysbench read from /usr/share; in the guest they lie in memory. */
function serverFiles(): { folder: string; files: string[] } {
  const folder = scratchFolder();
  const data = join(folder, "data");
  const options = ["--no-defaults", "--user=root", `--datadir=${data}`, "--skip-test-db"];
  const small = ["--innodb-log-file-size=8M", "--auth-root-authentication-method=normal"];
  execFileSync("mariadb-install-db", [...options, ...small], { stdio: "ignore" });
  // A folder is a database. Only files reach the guest, so it has one.
  mkdirSync(join(data, "sbtest"));
  cpSync(join(data, "mysql", "db.opt"), join(data, "sbtest", "db.opt"));
  cpSync("/usr/share/mysql/english", join(folder, "share", "english"), { recursive: true });
  cpSync("/usr/share/mysql/charsets", join(folder, "share", "charsets"), { recursive: true });
  cpSync("/usr/share/sysbench", join(folder, "sysbench"), { recursive: true });
  const below = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = below
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return { folder, files: paths.map((path) => relative(packageRoot(), path)) };
}

/** The last line of `watch --json`. */
interface Total {
  observations: Observation[];
  lost: { requests: number; punts: number; events: number };
}

/** One row of what watch saw, for people. */
function lineOf({ file, operation, requests, punts, causes }: Observation): string {
  const why = causes.map(({ cause, punts: seen }) => `${cause} ${seen}`).join(", ");
  return `${file.replace(/.*\/data\//, "")} ${operation}: ${requests} requests, ${punts} punts ${why}`;
}

for (const version of KERNELS) {
  test(`MariaDB on Linux ${version}: watch says which of its files punt, and why`, {
    skip,
  }, async (context) => {
    const { folder, files } = serverFiles();
    const place = join(GUEST.puntbench, relative(packageRoot(), folder));
    const report: string[] = [];
    const printed = await inGuest({
      kernel: await kernelOf(version),
      settings: {
        guestPrograms: ["mariadbd", "sysbench"],
        cpus: 2,
        memoryBytes: 3 * 2 ** 29,
        diskBytes: 512 * 2 ** 20,
      },
      limits: { totalMs: 540_000 },
      command: [join(GUEST.puntbench, PROGRAM), place, GUEST.scratch],
      extraFiles: [PROGRAM, ...files],
      watcher: { onLog: (line) => report.push(line) },
    }).catch((error: Error) => assert.fail(`${error.message}\n${report.join("\n")}`));
    const { observations, lost }: Total = JSON.parse(printed);
    for (const row of observations) context.diagnostic(lineOf(row));
    assert.deepEqual([lost.requests, lost.punts, lost.events], [0, 0, 0]);
    const ofTable = observations.filter(({ file }) => file.endsWith("sbtest/sbtest1.ibd"));
    assert.ok(
      ofTable.some(({ operation }) => operation === "writev"),
      "no write to the table",
    );
    const causes = observations.flatMap((row) => row.causes);
    const named = causes.filter(({ cause }) => cause !== "unknown");
    const punts = (shares: readonly CauseShare[]) =>
      shares.reduce((sum, share) => sum + share.punts, 0);
    assert.ok(punts(named) >= 0.95 * punts(causes), JSON.stringify(causes));
  });
}
