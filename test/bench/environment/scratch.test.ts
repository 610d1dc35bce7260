import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { abandonedScratch, ScratchDirectory } from "../../../bench/environment/scratch.js";
import { driver, notRoot, scratchFolder, smallTrial } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const folder = scratchFolder();

/** A parent with a scratch directory, and a directory of somebody else with a file. */
function swapped() {
  const parent = mkdtempSync(join(folder, "parent-"));
  const foreign = join(parent, "foreign");
  mkdirSync(foreign);
  writeFileSync(join(foreign, "trial"), "not ours");
  const scratch = new ScratchDirectory(parent);
  const putLink = () => {
    renameSync(scratch.location, join(parent, "moved"));
    symlinkSync(foreign, scratch.location);
  };
  return { parent, foreign, scratch, putLink };
}

test("a link in the place of the scratch directory turns neither a write nor the removal elsewhere", async () => {
  const { parent, foreign, scratch, putLink } = swapped();
  writeFileSync(scratch.file("trial"), "ours");
  putLink();
  await driver.runTrial({ ...smallTrial(folder), path: scratch.file("second"), keepFile: true });
  assert.deepEqual(readdirSync(join(parent, "moved")).sort(), ["second", "trial"]);
  scratch.remove();
  assert.deepEqual(readdirSync(foreign), ["trial"]);
  assert.equal(readFileSync(join(foreign, "trial"), "utf8"), "not ours");
  assert.deepEqual(readdirSync(join(parent, "moved")), []);
});

test("a link with the name of a file of ours is removed, and what it points to stays", () => {
  const { foreign, scratch } = swapped();
  symlinkSync(foreign, scratch.file("link"));
  scratch.remove();
  assert.ok(existsSync(join(foreign, "trial")));
  assert.ok(!existsSync(scratch.location));
});

test("a file that its own thread makes and removes meanwhile does not keep the scratch directory", async () => {
  // How many rounds the worker has begun, and how many it has ended.
  const rounds = new Int32Array(new SharedArrayBuffer(8));
  const code = `const { parentPort, workerData } = require("node:worker_threads");
    const { writeFileSync, unlinkSync } = require("node:fs");
    parentPort.on("message", (file) => {
      Atomics.add(workerData, 0, 1);
      Atomics.notify(workerData, 0);
      for (let i = 0; i < 2_000; i += 1) {
        try { writeFileSync(file, ""); unlinkSync(file); } catch { /* It was removed, or its directory. */ }
      }
      Atomics.add(workerData, 1, 1);
      Atomics.notify(workerData, 1);
    });`;
  const worker = new Worker(code, { eval: true, workerData: rounds });
  try {
    for (let i = 0; i < 40; i += 1) {
      const scratch = new ScratchDirectory(folder);
      worker.postMessage(scratch.file("trial"));
      Atomics.wait(rounds, 0, i, 5_000);
      scratch.remove();
      Atomics.wait(rounds, 1, i, 5_000);
      assert.ok(!existsSync(scratch.location), `round ${i}`);
    }
  } finally {
    await worker.terminate();
  }
});

test("the driver does not write through a link", async () => {
  const { foreign, scratch } = swapped();
  symlinkSync(join(foreign, "trial"), scratch.file("trial"));
  for (const existingFile of [false, true]) {
    const trial = { ...smallTrial(folder), path: scratch.file("trial"), existingFile };
    await assert.rejects(driver.runTrial(trial), /ELOOP|EEXIST/);
  }
  assert.equal(readFileSync(join(foreign, "trial"), "utf8"), "not ours");
  scratch.remove();
});

test("an error of the driver names the file by its place, not by our descriptor", async () => {
  const scratch = new ScratchDirectory(folder);
  const trial = { ...smallTrial(folder), path: scratch.file("no/trial") };
  await assert.rejects(driver.runTrial(trial), (error: Error) =>
    error.message.includes(`'${scratch.location}/no/trial'`),
  );
  scratch.remove();
});

for (const [what, change] of [
  ["belongs to another user", (parent: string) => chownSync(parent, 65534, 65534)],
  ["is writable for all and not sticky", (parent: string) => chmodSync(parent, 0o777)],
] as const) {
  test(`root refuses a directory that ${what}, with exit code 2 and a remedy`, {
    skip: notRoot,
  }, async () => {
    const parent = mkdtempSync(join(folder, "others-"));
    change(parent);
    const { code, stderr } = await puntbench(["bench", "--quick", "--dir", parent]);
    assert.equal(code, 2);
    assert.match(stderr, /other users can rename what root makes there/);
    assert.deepEqual(readdirSync(parent), []);
    rmSync(parent, { recursive: true });
  });
}

test("a scratch directory is abandoned when nobody holds it, whatever its name says of a pid", () => {
  const parent = mkdtempSync(join(folder, "held-"));
  const scratch = new ScratchDirectory(parent);
  // As another PID namespace sees it: no process has the number in the name.
  const foreign = join(parent, "puntbench-scratch-4194304-live");
  renameSync(scratch.location, foreign);
  // The number of a killed run was given to another process: this one.
  const dead = join(parent, `puntbench-scratch-${process.pid}-dead`);
  mkdirSync(dead);
  assert.deepEqual(abandonedScratch(driver, parent), [dead]);
  renameSync(foreign, scratch.location);
  scratch.remove();
  assert.deepEqual(readdirSync(parent), [`puntbench-scratch-${process.pid}-dead`]);
});
