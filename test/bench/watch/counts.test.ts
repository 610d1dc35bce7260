import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { operationName } from "../../../bench/watch/operations.js";
import type { TrialRequest } from "../../../native/index.js";
import type { WatchRow } from "../../../native/watch.js";
import type { Durations } from "../../../results/observation.js";
import {
  cannotRun,
  driver,
  noPuntCounter,
  scratchFolder,
  smallTrial,
} from "../../support/kernel.js";
import { tracedPunts } from "../../support/traced-punts.js";
import { sumOf, tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
const { watch, skip } = tryToWatch({ everything: true });
after(() => watch?.close());
const noFio = cannotRun("fio", "--version");
const noTrace = process.geteuid?.() === 0 ? false : "SKIPPED, needs root";

/** What was counted of a file since the last call. */
function newRows(path: string): WatchRow[] {
  const { ino } = statSync(path);
  return (watch?.take() ?? []).filter((row) => row.inode === ino);
}

/** Runs one trial of the driver; what the watch saw of its file beside what the driver measured itself. */
async function watched(changes: Partial<TrialRequest>) {
  const request = smallTrial(folder, { ...changes, keepFile: true });
  watch?.take();
  const measured = await driver.runTrial(request);
  return { measured, rows: newRows(request.path) };
}

for (const changes of [
  { preparation: "no-fallocate" },
  { preparation: "fallocate-0" },
  { preparation: "dd-prefill" },
  { preparation: "dd-prefill", arm: "forced" },
  { preparation: "keep-size", queueDepth: 32 },
  { preparation: "no-fallocate", intervalNs: 1_000_000, fileSizeBytes: 64 * 4096 },
] as const) {
  const name = Object.values(changes).join(" ");
  test(`${name}: requests, punts and forced punts equal the driver's own counts`, {
    skip: skip || noPuntCounter,
  }, async () => {
    for (let round = 0; round < 5; round += 1) {
      const { measured, rows } = await watched(changes);
      const seen = {
        writes: sumOf(rows, (row) => row.requests),
        bytes: sumOf(rows, (row) => row.bytes),
        failed: sumOf(rows, (row) => row.failed),
        forced: sumOf(rows, (row) => row.forced),
        allPunts: sumOf(rows, (row) => row.punts + row.forced + row.drained),
      };
      assert.deepEqual(seen, {
        writes: measured.writes,
        bytes: measured.bytes,
        failed: 0,
        forced: measured.puntCountForced,
        allPunts: measured.puntCount,
      });
    }
  });
}

test("every request has one latency, inline or punted, and no longer than the trial", {
  skip: skip || noPuntCounter,
}, async () => {
  const { measured, rows } = await watched({ preparation: "no-fallocate" });
  const [row] = rows as [(typeof rows)[0]];
  const countOf = (durations: Durations) => durations.reduce((sum, [, count]) => sum + count, 0);
  const [inline, punted] = [countOf(row.inlineLatencies), countOf(row.puntedLatencies)];
  assert.deepEqual([inline, punted], [row.requests - row.punts, row.punts]);
  assert.equal(inline + punted, measured.writes);
});

test("writes behind IOSQE_IO_DRAIN are no forced punts", {
  skip: skip || noPuntCounter,
}, async () => {
  const { measured, rows } = await watched({ preparation: "dd-prefill", drained: true });
  assert.equal(
    sumOf(rows, (row) => row.requests),
    measured.writes,
  );
  assert.equal(
    sumOf(rows, (row) => row.punts + row.drained),
    measured.puntCount,
  );
  assert.equal(
    sumOf(rows, (row) => row.forced),
    0,
  );
});

test("a ring whose submissions a kernel thread polls (SQPOLL) is counted for its process", {
  skip: skip || noFio,
}, async () => {
  const file = join(folder, "polled");
  watch?.take();
  const job = ["--name=polled", `--filename=${file}`, "--sqthread_poll=1"];
  const { stdout } = await promisify(execFile)("fio", [...COMMON, ...job, ...KINDS.overwrites]);
  const [result] = JSON.parse(stdout.slice(stdout.indexOf("{"))).jobs;
  assert.equal(
    sumOf(newRows(file), (row) => row.requests),
    result.write.total_ios,
  );
});

test("several jobs of fio: each file's requests equal fio's own count, its punts those of tracefs", {
  skip: skip || noFio || noTrace,
}, async (context) => {
  for (let round = 0; round < 3; round += 1) {
    watch?.take();
    const jobs = ["holes", "overwrites", "reads"].map((name) => ({
      name,
      file: join(folder, `${name}-${round}`),
    }));
    const args = jobs.flatMap(({ name, file }) => [
      `--name=${name}`,
      `--filename=${file}`,
      ...KINDS[name as keyof typeof KINDS],
    ]);
    const fio = () => promisify(execFile)("fio", [...COMMON, ...args]);
    const missedBefore = watch?.lost().events ?? 0;
    const [{ stdout }, hits] = await tracedPunts(fio);
    const results = JSON.parse(stdout.slice(stdout.indexOf("{"))).jobs;
    const seen = watch?.take() ?? [];
    // 0 unless a program was preempted (Linux 7.x): the kernel then leaves out those of other tasks on that CPU.
    const missed = (watch?.lost().events ?? 0) - missedBefore;
    if (missed > 0) context.diagnostic(`the kernel left out ${missed} events`);
    const assertSeen = (count: number, all: number, name: string) =>
      assert.ok(
        count <= all && all <= count + missed,
        `${name}: ${count} of ${all}, missed ${missed}`,
      );
    for (const [index, { name, file }] of jobs.entries()) {
      const { ino } = statSync(file);
      const rows = seen.filter((row) => row.inode === ino);
      const { read, write } = results[index];
      assertSeen(
        sumOf(rows, (row) => row.requests),
        read.total_ios + write.total_ios,
        name,
      );
      assert.deepEqual(
        [...new Set(rows.map((row) => operationName(row.opcode)))],
        [name === "reads" ? "readv" : "writev"],
      );
      const punts = sumOf(rows, (row) => row.punts + row.forced + row.drained);
      assertSeen(punts, hits.get(rows[0]?.process ?? 0) ?? 0, name);
      if (name === "holes") assert.ok(punts > 0, "no write into a hole was punted");
    }
  }
});

const COMMON = [
  "--output-format=json",
  "--ioengine=io_uring",
  "--nonvectored=0",
  "--direct=1",
  "--bs=4k",
  "--size=2m",
  "--iodepth=8",
];
const KINDS = {
  holes: ["--rw=randwrite", "--fallocate=none"],
  overwrites: ["--rw=write", "--overwrite=1"],
  reads: ["--rw=randread"],
};
