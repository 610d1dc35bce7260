import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { cannotRun, driver, scratchFolder, smallTrial } from "../../support/kernel.js";
import { assertSameCounts } from "../../support/observed-program.js";
import { sumOf, tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
const probe = tryToWatch();
probe.watch?.close();
const skip =
  probe.skip ||
  cannotRun("bpftrace", "--version") ||
  (process.geteuid?.() === 0 ? false : "SKIPPED, needs root");
const RUNS = 20;
const PREPARATIONS = ["no-fallocate", "fallocate-0", "keep-size", "dd-prefill"] as const;

test(`fio, ${RUNS} runs of three jobs: every file's requests and punts are counted exactly`, {
  skip: skip || cannotRun("fio", "--version"),
}, async () => {
  const rows = await assertSameCounts(async () => {
    const ids: number[] = [];
    for (let run = 0; run < RUNS; run += 1) ids.push(await fio(run));
    return ids;
  });
  assert.ok(sumOf(rows, (row) => row.punts) > 0, "no write into a hole was punted");
});

test(`the driver, ${RUNS} runs: every file's requests and punts are counted exactly`, {
  skip,
}, async () => {
  const rows = await assertSameCounts(async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const preparation = PREPARATIONS[run % PREPARATIONS.length] ?? "no-fallocate";
      await driver.runTrial(smallTrial(folder, { preparation, keepFile: true }));
    }
    return [process.pid];
  });
  assert.ok(sumOf(rows, (row) => row.punts) > 0, "no write was punted");
});

/** The jobs are threads of one process, whose id is returned. */
async function fio(run: number): Promise<number> {
  const common = ["--thread", "--ioengine=io_uring", "--direct=1", "--bs=4k", "--size=1m"];
  const jobs = [
    ["--rw=randwrite", "--fallocate=none", "--iodepth=8"],
    ["--rw=write", "--overwrite=1", "--iodepth=16"],
    ["--rw=randread", "--iodepth=4"],
  ].flatMap((kind, index) => [
    `--name=job${index}`,
    `--filename=${join(folder, `${run}-${index}`)}`,
    ...kind,
  ]);
  const child = spawn("fio", ["--output=/dev/null", ...common, ...jobs], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid ?? 0;
}
