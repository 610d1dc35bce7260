import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Replay } from "../../../bench/replay/outcome.js";
import { cannotRun, notRoot, scratchFolder } from "../../support/kernel.js";
import { MariadbServer } from "../../support/mariadb-server.js";
import { CLI, type Outcome, puntbench } from "../../support/puntbench.js";
import { fioJob, recordFio, recordProcess, recordProgram } from "../../support/recording.js";
import { tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
chmodSync(folder, 0o755); // MariaDB has another user.
const { watch, skip } = tryToWatch();
watch?.close();
/** With fewer requests a ratio says little. */
const REQUESTS_MIN = 100;
const POINTS = 0.02;

/** Replays a recording, and compares the punt ratio of every file and operation. */
async function replaysAsRecorded(
  context: TestContext,
  { output, outcome }: { output: string; outcome: Outcome },
  pace = "recorded",
): Promise<void> {
  assert.equal(outcome.code, 0, outcome.stderr);
  const summary = JSON.parse(outcome.stdout);
  assert.equal(summary.lost.events, 0);
  const place = ["--dir", folder, "--out", folder];
  const args = ["replay", output, ...place, "--pace", pace, "--json"];
  const { code, stdout, stderr } = await puntbench(args);
  assert.equal(code, 0, stderr);
  const replay: Replay = JSON.parse(stdout);
  const many = replay.operations.filter(({ requests }) => requests >= REQUESTS_MIN);
  assert.ok(many.length > 0, stdout);
  const percent = (ratio: number | null) => (ratio === null ? "unknown" : (100 * ratio).toFixed(2));
  const rows = many.map(
    ({ file, operation, requests, recordedPuntRatio, puntRatio, causes }) =>
      `${file.replace(`${folder}/`, "")} ${operation} ${requests}: ${percent(recordedPuntRatio)} % recorded, ` +
      `${percent(puntRatio)} % replayed ${causes[0]?.cause ?? ""}`,
  );
  for (const row of rows) context.diagnostic(row);
  for (const [index, { recordedPuntRatio, puntRatio, failed }] of many.entries()) {
    const difference = Math.abs((puntRatio ?? Number.NaN) - recordedPuntRatio);
    assert.ok(difference <= POINTS, rows[index]);
    assert.equal(failed, 0, rows[index]);
  }
}

const file = (name: string) => join(folder, name);
const written = (name: string, megabytes: number) =>
  execFileSync("dd", ["if=/dev/zero", `of=${file(name)}`, "bs=1M", `count=${megabytes}`], {
    stdio: "ignore",
  });
const sparse = (name: string, megabytes: number) =>
  execFileSync("truncate", ["-s", `${megabytes}M`, file(name)]);

/** Each at a pace that the machine keeps. */
const JOBS: Record<string, () => string[]> = {
  "grows with every write": () =>
    fioJob(file("grows"), 2000, "--rw=write", "--fallocate=none", "--rate_iops=1000"),
  "random writes into allocated blocks": () =>
    fioJob(file("allocated"), 2000, "--rw=randwrite", "--fallocate=posix", "--rate_iops=1000"),
  "reads and writes of a written file": () => {
    written("written", 8);
    return fioJob(file("written"), 2048, "--rw=randrw", "--rate_iops=500,500");
  },
  "reads and writes of a sparse file": () => {
    sparse("sparse", 8);
    // With more under way a read punts now and then, when it meets a write that holds the file's lock.
    const alone = ["--iodepth=1", "--rate_iops=400,400"];
    return fioJob(file("sparse"), 2048, "--rw=randrw", "--fallocate=none", ...alone);
  },
  "grows, with an fsync after every eighth write": () =>
    fioJob(file("synced"), 800, "--rw=write", "--fallocate=none", "--fsync=8", "--rate_iops=200"),
  "two rings": () => {
    sparse("ring-a", 4);
    written("ring-b", 4);
    const job = (name: string) =>
      fioJob(file(name), 1024, "--rw=randwrite", "--fallocate=none", "--rate_iops=400").slice(1);
    return ["--name=a", ...job("ring-a"), "--name=b", ...job("ring-b")];
  },
};

for (const [name, args] of Object.entries(JOBS)) {
  test(`fio: ${name}: each file punts in a replay as it did, within 2 points`, {
    skip: skip || cannotRun("fio", "--version"),
  }, async (context) => {
    await replaysAsRecorded(context, await recordFio(folder, name.replaceAll(/\W/g, "-"), args()));
  });
}

test("the driver's own trials punt in a replay as they did, within 2 points", {
  skip,
}, async (context) => {
  const place = ["--dir", folder, "--out", folder];
  const matrix = ["-p", "no-fallocate,keep-size,dd-prefill", "-q", "8", "--rounds", "1"];
  const command = [process.execPath, CLI, "bench", ...matrix, "--interval", "1ms", ...place];
  await replaysAsRecorded(context, await recordProgram(folder, "driver", command));
});

test("QEMU's disk punts in a replay as it did, within 2 points", {
  skip: skip || cannotRun("qemu-io", "--version"),
}, async (context) => {
  const image = file("image");
  execFileSync("qemu-img", ["create", "-q", "-f", "raw", image, "64M"]);
  // Reads apart from writes: a read that meets a write which holds the file's lock punts by chance.
  const eight = (kind: string, first: number) => [
    ...Array.from({ length: 8 }, (_, at) => ["-c", `${kind} -q ${((first + at) % 200) * 256}k 4k`]),
    ["-c", "aio_flush"],
  ];
  const firsts = Array.from({ length: 50 }, (_, group) => group * 8);
  const commands = firsts.flatMap((at) => [...eight("aio_write", at), ...eight("aio_read", at)]);
  const command = ["qemu-io", "-f", "raw", "-n", "-i", "io_uring", ...commands.flat(), image];
  // It issues all that it has at once. A replay that is a little late would have more under way.
  const recording = await recordProgram(folder, "qemu", command);
  await replaysAsRecorded(context, recording, "as-fast-as-possible");
});

test("MariaDB under sysbench, with writes of all kinds and with inserts alone: each file punts in a replay as it did, within 2 points", {
  skip: skip || cannotRun("mariadbd", "--version") || cannotRun("sysbench", "--version") || notRoot,
}, async (context) => {
  const place = file("mariadb");
  mkdirSync(place, { mode: 0o777 });
  const server = await MariadbServer.start(place);
  const recordings = [];
  try {
    await server.sysbench("oltp_write_only", "prepare");
    for (const script of ["oltp_write_only", "oltp_insert"]) {
      const work = () => server.sysbench(script, "run", "--time=10");
      recordings.push(await recordProcess(folder, script, server.pid, work));
    }
  } finally {
    await server.stop();
  }
  for (const recording of recordings) await replaysAsRecorded(context, recording);
});
