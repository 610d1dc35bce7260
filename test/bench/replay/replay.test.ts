import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cannotRun, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { fioJob, recordFio } from "../../support/recording.js";
import { tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
const { watch, skip: noWatch } = tryToWatch();
watch?.close();
const skip = noWatch || cannotRun("fio", "--version");

interface Operation {
  file: string;
  operation: string;
  requests: number;
  recordedPuntRatio: number;
  puntRatio: number;
  failed: number;
}

async function replayed(recording: string, ...options: string[]) {
  const args = ["replay", recording, "--dir", folder, "--json", ...options];
  const { code, stdout, stderr } = await puntbench(args);
  assert.equal(code, 0, stderr);
  const scratch = readdirSync(folder).filter((name) => name.startsWith("puntbench-scratch-"));
  assert.deepEqual(scratch, [], "the files of the replay are left");
  return JSON.parse(stdout);
}

const of = (replay: { operations: Operation[] }, operation: string) =>
  replay.operations.find((row) => row.operation === operation) as Operation;

const agrees = ({ recordedPuntRatio, puntRatio }: Operation) =>
  assert.ok(Math.abs(recordedPuntRatio - puntRatio) <= 0.02, `${recordedPuntRatio} ${puntRatio}`);

test("a file that grows punts in the replay as it did, and not once its blocks are there before", {
  skip,
}, async () => {
  const file = join(folder, "grows");
  const { output } = await recordFio(
    folder,
    "grows",
    fioJob(file, 2000, "--rw=write", "--fallocate=none"),
  );
  const writes = of(await replayed(output), "write");
  assert.equal(writes.requests, 2000);
  assert.equal(writes.recordedPuntRatio, 1);
  assert.equal(writes.failed, 0);
  agrees(writes);
  const cured = await replayed(output, "--what-if", "preparation=dd-prefill");
  assert.equal(of(cured, "write").puntRatio, 0);
});

test("reads and writes of a written file stay inline, at the recorded pace and as fast as possible", {
  skip,
}, async () => {
  const file = join(folder, "written");
  spawnSync("dd", ["if=/dev/zero", `of=${file}`, "bs=1M", "count=8", "oflag=direct"]);
  const { output } = await recordFio(
    folder,
    "written",
    fioJob(file, 2048, "--rw=randrw", "--rate_iops=1000,1000"),
  );
  for (const pace of ["recorded", "as-fast-as-possible"]) {
    const replay = await replayed(output, "--pace", pace);
    for (const operation of ["read", "write"]) {
      assert.ok(of(replay, operation).requests > 900);
      agrees(of(replay, operation));
    }
    assert.equal(replay.rings, 1);
    assert.equal(replay.requests, 2048);
  }
});

test("writes into holes of a file that was there before punt in the replay, through two rings", {
  skip,
}, async () => {
  const args = ["a", "b"].flatMap((name) => {
    const file = join(folder, `holes-${name}`);
    spawnSync("truncate", ["-s", "8M", file]);
    const job = fioJob(file, 512, "--rw=randwrite", "--fallocate=none", "--rate_iops=400");
    return [`--name=${name}`, ...job.slice(1)];
  });
  const { output } = await recordFio(folder, "holes", args);
  const replay = await replayed(output);
  assert.equal(replay.rings, 2);
  assert.equal(replay.operations.length, 2);
  for (const operation of replay.operations) {
    assert.equal(operation.requests, 512);
    assert.ok(operation.recordedPuntRatio > 0.9, JSON.stringify(operation));
    agrees(operation);
  }
});

test("a replay that needs more space than it may use makes no file and says how much", {
  skip,
}, async () => {
  const recording = join(folder, "written.pbrec");
  assert.ok(existsSync(recording));
  const args = ["replay", recording, "--dir", folder, "--max-space", "1M"];
  const { code, stderr } = await puntbench(args);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /the files need 8 MiB/);
});

test("wrong options and files end with one line", async () => {
  const text = join(folder, "text");
  writeFileSync(text, "this is some text and no recording at all");
  for (const [args, code, message] of [
    [[text], 1, /is no recording/],
    [[join(folder, "missing")], 1, /no such file/],
    [[text, "--speed", "fast"], 2, /--speed fast/],
    [[text, "--what-if", "kernel=7"], 2, /unknown change 'kernel'/],
    [[text, "--pace", "slow"], 2, /--pace/],
  ] as const) {
    const outcome = await puntbench(["replay", "--dir", folder, ...args]);
    assert.equal(outcome.code, code, outcome.stderr);
    assert.match(outcome.stderr, message);
  }
  assert.ok(statSync(text).isFile());
});
