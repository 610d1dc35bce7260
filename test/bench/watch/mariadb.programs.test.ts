import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cannotRun, scratchFolder } from "../../support/kernel.js";
import { assertSameCounts } from "../../support/observed-program.js";
import { sumOf, tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
const probe = tryToWatch();
probe.watch?.close();
const skip =
  probe.skip ||
  cannotRun("mariadbd", "--version") ||
  cannotRun("sysbench", "--version") ||
  cannotRun("bpftrace", "--version") ||
  (process.geteuid?.() === 0 ? false : "SKIPPED, needs root");
const RUNS = 20;
const data = join(folder, "data");
const socket = join(folder, "socket");
const log = join(folder, "server.err");

/** A server of this test alone: its own directory, a socket file, no network. */
function startServer(): ChildProcess {
  mkdirSync(data);
  chmodSync(folder, 0o777);
  execFileSync("chown", ["nobody", data]);
  const install = ["--no-defaults", "--user=nobody", `--datadir=${data}`];
  const auth = "--auth-root-authentication-method=normal";
  execFileSync("mariadb-install-db", [...install, auth, "--skip-test-db"], { stdio: "ignore" });
  const flushed = ["--innodb-flush-method=O_DIRECT", "--innodb-use-native-aio=1"];
  // Pages must be written soon: with the defaults a short run sends no request at all.
  const soon = ["--innodb-buffer-pool-size=8M", "--innodb-max-dirty-pages-pct=0"];
  const place = [`--socket=${socket}`, "--skip-networking", `--log-error=${log}`];
  const server = spawn("mariadbd", [...install, ...place, ...flushed, ...soon], {
    stdio: "ignore",
  });
  return server;
}

async function waitUntilUp(server: ChildProcess): Promise<void> {
  for (let tries = 0; !canConnect(); tries += 1) {
    if (tries === 300 || server.exitCode !== null) {
      assert.fail(`the server does not start: ${readFileSync(log, "utf8")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function canConnect(): boolean {
  try {
    sql("CREATE DATABASE IF NOT EXISTS sbtest");
    return true;
  } catch {
    return false;
  }
}

function sql(statement: string): void {
  execFileSync("mariadb", ["--no-defaults", `--socket=${socket}`, "-uroot", "-e", statement], {
    stdio: "ignore",
  });
}

function sysbench(command: string): void {
  const driver = ["--db-driver=mysql", `--mysql-socket=${socket}`, "--mysql-user=root"];
  const size = ["--tables=2", "--table-size=5000", "--threads=2", "--time=2"];
  execFileSync("sysbench", ["oltp_write_only", ...driver, ...size, command], { stdio: "ignore" });
}

test(`MariaDB under sysbench, ${RUNS} runs: every file's requests and punts are counted exactly`, {
  skip,
}, async (context) => {
  const rows = await assertSameCounts(async () => {
    const server = startServer();
    try {
      await waitUntilUp(server);
      assert.match(readFileSync(log, "utf8"), /Using io_uring/);
      sysbench("prepare");
      for (let run = 0; run < RUNS; run += 1) sysbench("run");
    } finally {
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
    }
    return [server.pid as number];
  });
  const table = statSync(join(data, "sbtest", "sbtest1.ibd")).ino;
  const ofTable = rows.filter((row) => row.inode === table);
  const punts = sumOf(ofTable, (row) => row.punts);
  const requests = sumOf(ofTable, (row) => row.requests);
  context.diagnostic(`sbtest1.ibd: ${requests} requests, ${punts} punts`);
  assert.ok(requests > 0, "no request to the table");
});
