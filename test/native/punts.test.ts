import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { driver, noPuntCounter, scratchFolder, smallTrial } from "../support/kernel.js";
import { rulesSay } from "../support/rules.js";

const folder = scratchFolder();
const skip = noPuntCounter;
/** Some kernels punt overwrites of prefilled blocks too, once per clock tick or always. */
const overwritesPunt: string | false =
  skip ||
  (rulesSay(folder, "dd-prefill") === false
    ? false
    : "SKIPPED, by the rules overwrites may punt on this kernel and filesystem");

test("a stream of NOPs never punts", { skip }, async () => {
  const measured = await driver.runNops({
    operations: 2000,
    queueDepth: 32,
    forced: false,
    countPunts: true,
  });
  const { puntCount, puntCountForced, puntCountHashed } = measured;
  assert.deepEqual([puntCount, puntCountForced, puntCountHashed], [0, 0, 0]);
});

test("a stream of forced-async NOPs always punts, and each is counted as forced", {
  skip,
}, async () => {
  const measured = await driver.runNops({
    operations: 2000,
    queueDepth: 32,
    forced: true,
    countPunts: true,
  });
  assert.equal(measured.puntCount, 2000);
  assert.equal(measured.puntCountForced, 2000);
});

test("forced writes to prefilled blocks all punt, and none of them by -EAGAIN", {
  skip,
}, async () => {
  const measured = await driver.runTrial(smallTrial(folder, { arm: "forced" }));
  assert.equal(measured.puntCount, 512);
  assert.equal(measured.puntCountForced, 512);
  assert.ok((measured.workersPeak ?? 0) >= 1);
  assert.ok((measured.cpuNs.ioWq ?? 0) > 0);
});

test("writes to a file for each slot punt as writes to one file do", {
  skip: skip || rulesSay(folder, "no-fallocate") !== true,
}, async () => {
  const request = { preparation: "no-fallocate", queueDepth: 4 } as const;
  const own = await driver.runTrial(smallTrial(folder, { ...request, arm: "own-files" }));
  assert.deepEqual([own.puntCount, own.puntCountForced], [512, 0]);
  assert.equal(own.extentsAfter?.writtenBytes, 512 * 4096);
  const forced = await driver.runTrial(smallTrial(folder, { ...request, arm: "forced-own-files" }));
  assert.deepEqual([forced.puntCount, forced.puntCountForced], [512, 512]);
});

test("unbatched writes are submitted one in each call", { skip: overwritesPunt }, async () => {
  const measured = await driver.runTrial(smallTrial(folder, { arm: "unbatched" }));
  assert.deepEqual([measured.writes, measured.submitCalls, measured.puntCount], [512, 512, 0]);
});

test("forced writes to a growing file use as many workers as natural punts may", {
  skip,
}, async () => {
  const request = { arm: "forced", preparation: "no-fallocate", queueDepth: 32 } as const;
  const { workersPeak, workerLimit } = await driver.runTrial(
    smallTrial(folder, { ...request, fileSizeBytes: 2048 * 4096 }),
  );
  if (workerLimit === null) return; // this kernel cannot limit them
  assert.ok((workersPeak ?? 0) >= 1 && (workersPeak ?? 0) <= workerLimit, `${workersPeak} workers`);
});

test("extending writes punt by -EAGAIN, and workers pay for them", {
  skip:
    skip ||
    (rulesSay(folder, "no-fallocate") === true
      ? false
      : "SKIPPED, by the rules not every extending write punts on this kernel and filesystem"),
}, async () => {
  const measured = await driver.runTrial(
    smallTrial(folder, { preparation: "no-fallocate", queueDepth: 1 }),
  );
  assert.equal(measured.puntCount, 512);
  assert.equal(measured.puntCountForced, 0);
  assert.ok((measured.cpuNs.ioWq ?? 0) > 0);
});

test("synchronous and libaio writes use no ring: no punts, no workers", { skip }, async () => {
  for (const arm of ["psync", "libaio"] as const) {
    const measured = await driver.runTrial(
      smallTrial(folder, { arm, preparation: "no-fallocate" }),
    );
    assert.equal(measured.puntCount, 0);
    assert.equal(measured.contextSwitches.ioWq, null);
    assert.deepEqual([measured.ringFlags, measured.ringEntries], [[], null]);
  }
});

test("counters belong to one trial: 200 in one process do not leak into each other", {
  skip: overwritesPunt,
}, async () => {
  const tiny = { fileSizeBytes: 16 * 4096, queueDepth: 4 };
  for (let i = 0; i < 100; i += 1) {
    const forced = await driver.runTrial(smallTrial(folder, { ...tiny, arm: "forced" }));
    const inline = await driver.runTrial(smallTrial(folder, tiny));
    assert.deepEqual([forced.puntCount, inline.puntCountForced], [16, 0], `pair ${i}`);
    // Prefill has warmed the inode, so no first write punts either.
    assert.equal(inline.puntCount, 0, `pair ${i}`);
    assert.equal(inline.workersPeak, 0, `pair ${i}`);
  }
});

test("two rings at the same time do not see each other's punts or workers", {
  skip: overwritesPunt,
}, async () => {
  const [forced, inline] = await Promise.all([
    driver.runTrial(smallTrial(folder, { path: join(folder, "a"), arm: "forced" })),
    driver.runTrial(smallTrial(folder, { path: join(folder, "b") })),
  ]);
  assert.equal(forced.puntCount, 512);
  assert.equal(inline.puntCount, 0);
  assert.equal(inline.workersPeak, 0);
});

test("resident memory does not grow over many trials", async () => {
  const run = async (trials: number) => {
    for (let i = 0; i < trials; i += 1) {
      await driver.runTrial(smallTrial(folder, { fileSizeBytes: 64 * 4096, queueDepth: 64 }));
    }
  };
  await run(30);
  const before = process.memoryUsage().rss;
  await run(150);
  const grownBytes = process.memoryUsage().rss - before;
  // 150 trials with a leaked buffer of 64 blocks each would add 39 MB.
  assert.ok(grownBytes < 16e6, `resident memory grew by ${grownBytes} bytes`);
});
