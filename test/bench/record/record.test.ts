import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Block, OUTCOMES } from "../../../results/recording/block.js";
import { loadRecording } from "../../../results/recording/reader.js";
import { cannotRun, notRoot, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { fioJob, recordFio } from "../../support/recording.js";
import { tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
const { watch, skip } = tryToWatch();
watch?.close();
const noFio = cannotRun("fio", "--version");

function tally(path: string) {
  const counts: Record<string, number> = {};
  const recording = loadRecording(path, (block: Block) => {
    for (let row = 0; row < block.count; row += 1) {
      const key = `${block.file[row]} ${block.operation[row]} ${OUTCOMES[block.outcome[row] as number]}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
  });
  return { counts, recording };
}

test("every request of a program that starts later is recorded, from its first one on", {
  skip: skip || noFio,
}, async () => {
  const file = join(folder, "grows");
  const { output, outcome, stdout } = await recordFio(
    folder,
    "grows",
    // With more under way some find the file locked by the worker of the write before them.
    fioJob(file, 2000, "--rw=write", "--fallocate=none", "--iodepth=1"),
  );
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.equal(JSON.parse(stdout).jobs[0].write.total_ios, 2000);
  const { counts, recording } = tally(output);
  const { ino } = statSync(file);
  const described = [...recording.files.values()].find(({ inode }) => inode === ino);
  assert.equal(described?.path, file);
  assert.equal(described?.sizeBytes, 0);
  const writes = (outcome: string) => counts[`${described?.index} 23 ${outcome}`] ?? 0;
  assert.equal(writes("inline") + writes("punted"), 2000, JSON.stringify(counts));
  // The size grows with every write, so each of them is refused first.
  assert.equal(writes("punted"), 2000);
  assert.equal(recording.footer?.requests, 2000);
  assert.equal(recording.footer?.lostEvents, 0);
  assert.equal(recording.footer?.unmatchedCompletions, 0);
  assert.equal(recording.footer?.causes[0]?.cause, "extends-size");
  assert.equal(recording.damage, null);
});

test("the state of a file before its requests is recorded, and the calls that change it", {
  skip: skip || noFio,
}, async () => {
  const file = join(folder, "mixed");
  spawnSync("dd", ["if=/dev/zero", `of=${file}`, "bs=64k", "count=8", "conv=fsync"]);
  spawnSync("fallocate", ["-o", "524288", "-l", "524288", file]);
  const { output, outcome } = await recordFio(
    folder,
    "mixed",
    fioJob(file, 256, "--rw=randrw", "--overwrite=1", "--rate_iops=200"),
  );
  assert.equal(outcome.code, 0, outcome.stderr);
  const { counts, recording } = tally(output);
  const described = [...recording.files.values()].find(({ path }) => path === file);
  // It is looked at a moment after it was opened: some of its unwritten blocks may have been written then.
  const [first, ...others] = described?.regions ?? [];
  assert.deepEqual(first?.slice(0, 1), [0]);
  assert.equal(first?.[2], "written");
  assert.ok((first?.[1] ?? 0) >= 524288 && others.some(([, , state]) => state === "unwritten"));
  const end = others.at(-1);
  assert.equal((end?.[0] ?? 0) + (end?.[1] ?? 0), 1048576);
  assert.equal(described?.sizeBytes, 1048576);
  const index = described?.index;
  const requests = [22, 23].flatMap((operation) =>
    OUTCOMES.map((name) => counts[`${index} ${operation} ${name}`] ?? 0),
  );
  assert.equal(
    requests.reduce((sum, count) => sum + count, 0),
    256,
    JSON.stringify(counts),
  );
});

test("with --anonymise no name of a file or program is in the recording", {
  skip: skip || noFio,
}, async () => {
  const file = join(folder, "secret-name");
  const { output, outcome } = await recordFio(
    folder,
    "anonymous",
    fioJob(file, 100, "--rw=write"),
    ["--anonymise"],
  );
  assert.equal(outcome.code, 0, outcome.stderr);
  const { recording } = tally(output);
  assert.ok([...recording.files.values()].every(({ path }) => path === null));
  assert.ok([...recording.threads.values()].every(({ name }) => name === null));
  assert.equal(recording.footer?.requests, 100);
});

test("the recording is readable by its owner only, and nothing is overwritten", {
  skip: skip || noFio || notRoot,
}, async () => {
  const output = join(folder, "anonymous.pbrec");
  assert.equal(statSync(output).mode & 0o777, 0o600);
  const before = readFileSync(output);
  const { code, stderr } = await puntbench(["record", "--all", "-o", output, "--duration", "1s"]);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /exists/);
  assert.deepEqual(readFileSync(output), before);
});

test("wrong options end with one line and exit code 2, and make no file", async () => {
  const output = join(folder, "never.pbrec");
  for (const [args, message] of [
    [[], /no processes are chosen/],
    [["--all", "--buffer", "3M"], /not a power of two/],
    [["--all", "--pid", "1"], /more than one way/],
    [["--all", "--duration", "soon"], /--duration/],
  ] as const) {
    const { code, stderr } = await puntbench(["record", "-o", output, ...args]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.ok(!existsSync(output));
  }
});
