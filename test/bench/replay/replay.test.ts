import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { mountOf } from "../../../bench/environment/mount.js";
import { loadRecording } from "../../../results/recording/reader.js";
import type { ReplayLine } from "../../../results/replay.js";
import { type Footer, type Header, ResultsLine } from "../../../results/schema.js";
import { cannotRun, scratchFolder } from "../../support/kernel.js";
import { CLI, puntbench } from "../../support/puntbench.js";
import { fioJob, recordFio } from "../../support/recording.js";
import { onlyRunBelow } from "../../support/results.js";
import { tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
const out = join(folder, "results");
const { watch, skip: noWatch } = tryToWatch();
watch?.close();
const skip = noWatch || cannotRun("fio", "--version");

const IORING_SETUP_SQPOLL = 1 << 1;

interface Operation {
  file: string;
  operation: string;
  requests: number;
  recordedPuntRatio: number;
  puntRatio: number;
  failed: number;
}

async function replayed(recording: string, ...options: string[]) {
  const args = ["replay", recording, "--dir", folder, "--out", out, "--json", ...options];
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

test("the results file holds what is printed, beside what was recorded", { skip }, async () => {
  const recording = join(folder, "grows.pbrec");
  const options = ["--what-if", "preparation=dd-prefill", "--kernel-label", "this kernel"];
  const printed = await replayed(recording, ...options);
  const text = readFileSync(printed.resultsFile, "utf8");
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => ResultsLine.parse(JSON.parse(line)));
  const [header, line, footer] = lines as [Header, ReplayLine, Footer];
  assert.deepEqual([header.kernelLabel, header.rounds], ["this kernel", 0]);
  assert.equal(footer.outcome, "complete");
  const sha256 = createHash("sha256").update(readFileSync(recording)).digest("hex");
  assert.equal(line.recording.sha256, sha256);
  assert.deepEqual(line.recording.programs, ["fio"]);
  assert.deepEqual(line.whatIf, { preparation: "dd-prefill", iowqWorkers: null });
  const [file] = line.files as [ReplayLine["files"][number]];
  assert.deepEqual([file.requests, file.punts, file.failed], [2000, 0, 0]);
  // Where two requests under way meet in one place of the kernel's array, one latency is not measured.
  const latencies = file.inlineLatencies.reduce((sum, [, count]) => sum + count, 0);
  assert.ok(latencies > 1900 && latencies <= 2000, `${latencies} latencies`);
  const { recorded } = file;
  assert.deepEqual([recorded.requests, recorded.punts], [2000, 2000]);
  assert.equal(
    recorded.puntedLatencies.reduce((sum, [, count]) => sum + count, 0),
    2000,
  );
  assert.deepEqual(recorded.inlineLatencies, []);
  assert.ok(recorded.causes.length > 0);
  assert.equal(recorded.filesystem, mountOf(folder)?.type);
});

test("a replay that cannot write its results makes no file and says so", { skip }, async () => {
  const text = join(folder, "no-folder");
  writeFileSync(text, "");
  const recording = join(folder, "grows.pbrec");
  const args = ["replay", recording, "--dir", folder, "--out", text];
  const { code, stderr } = await puntbench(args);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /--out .*no-folder: results cannot be written there/);
});

test("an interrupted replay removes its files, and its results file says that it was interrupted", {
  skip,
}, async () => {
  const own = join(folder, "interrupted");
  const args = ["replay", join(folder, "written.pbrec"), "--dir", folder, "--out", own];
  const child = spawn(process.execPath, [CLI, ...args, "--speed", "0.02x"], { stdio: "pipe" });
  let stderr = "";
  child.stderr.on("data", (piece) => {
    stderr += piece;
  });
  const ended = once(child, "close");
  // The header is written before the requests begin.
  while (!existsSync(own)) await sleep(20);
  await sleep(2000);
  child.kill("SIGINT");
  const [code] = await ended;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /interrupted \(SIGINT\)/);
  const [, footer] = onlyRunBelow(own) as [Header, Footer];
  assert.deepEqual([footer.outcome, footer.reason], ["interrupted", "interrupted (SIGINT)"]);
  const scratch = readdirSync(folder).filter((name) => name.startsWith("puntbench-scratch-"));
  assert.deepEqual(scratch, []);
});

test("with --speed 4x the requests come four times as fast", { skip }, async () => {
  const file = join(folder, "slow");
  spawnSync("dd", ["if=/dev/zero", `of=${file}`, "bs=1M", "count=1", "oflag=direct"]);
  const job = fioJob(file, 256, "--rw=randwrite", "--rate_iops=128");
  const { output } = await recordFio(folder, "slow", job);
  const [recorded, fast] = [await replayed(output), await replayed(output, "--speed", "4x")];
  assert.equal(fast.options.speed, 4);
  assert.equal(fast.requests, 256);
  // 255 intervals of 1/128 s, and a quarter of that: neither may be shorter.
  assert.ok(recorded.wallNs > 1.7e9, `${recorded.wallNs}`);
  assert.ok(fast.wallNs > 0.4e9 && fast.wallNs < 0.6 * recorded.wallNs, `${fast.wallNs}`);
});

test("requests of a ring with a thread of the kernel that submits are recorded, and replayed through such a ring", {
  skip,
}, async () => {
  const file = join(folder, "polled");
  const job = fioJob(file, 512, "--rw=write", "--fallocate=none", "--sqthread_poll=1");
  const { output, outcome } = await recordFio(folder, "polled", [...job, "--iodepth=1"]);
  assert.equal(outcome.code, 0, outcome.stderr);
  const rings = [...loadRecording(output).rings.values()];
  assert.ok(
    rings.some(({ flags }) => (flags & IORING_SETUP_SQPOLL) !== 0),
    JSON.stringify(rings),
  );
  const writes = of(await replayed(output), "write");
  assert.equal(writes.requests, 512);
  assert.equal(writes.failed, 0);
  agrees(writes);
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
