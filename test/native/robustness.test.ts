import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../terminal/package-root.js";
import { scratchFolder } from "../support/kernel.js";

const folder = scratchFolder();
const addon = join(packageRoot(), "native/build/Release/puntbench.node");

/** Loaded before glibc, this makes one function fail. */
function failing(name: string, declaration: string): string {
  const source = join(folder, `${name}.c`);
  const library = join(folder, `${name}.so`);
  writeFileSync(source, `#define _GNU_SOURCE\n#include <errno.h>\n${declaration}\n`);
  const { status, stderr } = spawnSync("cc", ["-shared", "-fPIC", "-o", library, source], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return library;
}

/** Runs JavaScript with the addon and a small trial in a new folder, in another process. */
function inProcess(script: string, preload = "") {
  const where = mkdtempSync(join(folder, "run-"));
  const trial = {
    path: join(where, "trial"),
    preparation: "fallocate-0",
    arm: "inline",
    queueDepth: 1,
    blockSizeBytes: 4096,
    fileSizeBytes: 64 * 4096,
    order: "sequential",
    seed: 1,
    intervalNs: 0,
    registeredBuffers: false,
    settleNs: 0,
    countPunts: false,
  };
  const prelude = `const addon = require(${JSON.stringify(addon)}); const trial = ${JSON.stringify(trial)};`;
  const env = { ...process.env, LD_PRELOAD: preload };
  const done = spawnSync(process.execPath, ["-e", prelude + script], {
    encoding: "utf8",
    env,
    timeout: 60_000,
  });
  return { ...done, left: readdirSync(where) };
}

const SAY_ERROR =
  "(async () => { try { await addon.startTrial(trial).promise; } catch (e) { console.log(e.code, e.syscall); } })();";

for (const errno of [524, 529]) {
  test(`errno ${errno}, which glibc does not know, is an error with its number`, () => {
    const library = failing(
      `fallocate-${errno}`,
      `int fallocate64(int f, int m, long o, long n) { errno = ${errno}; return -1; }
       int fallocate(int f, int m, long o, long n) { errno = ${errno}; return -1; }`,
    );
    const { status, stdout, stderr, left } = inProcess(SAY_ERROR, library);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, `${errno} fallocate\n`);
    assert.deepEqual(left, []);
  });
}

/** From the n-th thread that the addon asks for, none can be created. */
const noThread = (allowed: number) => `
  #include <dlfcn.h>
  #include <pthread.h>
  #include <stdlib.h>
  int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *x) {
    static int asked;
    if (getenv("THREADS_END") && asked++ >= ${allowed}) return EAGAIN;
    return ((int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(RTLD_NEXT, "pthread_create"))(t, a, f, x);
  }`;

for (const [which, allowed] of [
  ["for the trial", 0],
  ["that samples workers", 1],
] as const) {
  test(`a limit of threads makes the thread ${which} an error, and no file is left`, () => {
    const library = failing(`threads-${allowed}`, noThread(allowed));
    const limit =
      "process.env.THREADS_END = '1'; trial.fileSizeBytes = 4096 * 4; trial.queueDepth = 2;";
    const { status, stdout, stderr, left } = inProcess(limit + SAY_ERROR, library);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, "EAGAIN pthread_create\n");
    assert.deepEqual(left, []);
  });
}

test("a worker that is terminated in a trial ends the trial, and removes its file", () => {
  const { status, signal, stdout, stderr, left } = inProcess(`
    const { Worker } = require("node:worker_threads");
    trial.intervalNs = 50_000_000;
    const code = "const { workerData: [path, trial], parentPort } = require('node:worker_threads');" +
      "require(path).startTrial(trial); parentPort.postMessage(0);";
    const worker = new Worker(code, { eval: true, workerData: [${JSON.stringify(addon)}, trial] });
    worker.on("message", () => setTimeout(async () => { await worker.terminate(); console.log("ended"); }, 200));`);
  assert.deepEqual([status, signal, stdout], [0, null, "ended\n"], stderr);
  assert.deepEqual(left, []);
});
