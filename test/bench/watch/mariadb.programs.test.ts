import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cannotRun, scratchFolder } from "../../support/kernel.js";
import { MariadbServer } from "../../support/mariadb-server.js";
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
test(`MariaDB under sysbench, ${RUNS} runs: every file's requests and punts are counted exactly`, {
  skip,
}, async (context) => {
  const rows = await assertSameCounts(async () => {
    const server = await MariadbServer.start(folder);
    try {
      await server.sysbench("oltp_write_only", "prepare");
      for (let run = 0; run < RUNS; run += 1) await server.sysbench("oltp_write_only", "run");
    } finally {
      await server.stop();
    }
    return [server.pid];
  });
  const table = statSync(join(folder, "data", "sbtest", "sbtest1.ibd")).ino;
  const ofTable = rows.filter((row) => row.inode === table);
  const punts = sumOf(ofTable, (row) => row.punts);
  const requests = sumOf(ofTable, (row) => row.requests);
  context.diagnostic(`sbtest1.ibd: ${requests} requests, ${punts} punts`);
  assert.ok(requests > 0, "no request to the table");
});
