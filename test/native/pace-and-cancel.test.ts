import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { driver, scratchFolder, smallTrial } from "../support/kernel.js";

const folder = scratchFolder();

test("no paced write is issued before it is due, and not every one is late", async () => {
  const intervalNs = 4_000_000;
  const writes = 40;
  const { issueDelayNs, wallNs } = await driver.runTrial(
    smallTrial(folder, { intervalNs, fileSizeBytes: writes * 4096 }),
  );
  assert.ok(issueDelayNs !== null);
  assert.equal(issueDelayNs.length, writes);
  // The driver subtracts two unsigned numbers, so that an early write would have an enormous delay.
  for (const [write, delayNs] of issueDelayNs.entries()) {
    assert.ok(delayNs >= 0 && delayNs < wallNs, `write ${write}: ${delayNs} ns after it was due`);
  }
  const issuedAtNs = issueDelayNs.map((delayNs, write) => write * intervalNs + delayNs);
  assert.ok((issuedAtNs.at(-1) as number) <= wallNs, "the last write is issued before the end");
  // A busy machine issues many writes late, but not all of them.
  const earliestNs = Math.min(...issueDelayNs);
  assert.ok(earliestNs < intervalNs, `every write is at least ${earliestNs} ns late`);
});

test("a late write's latency starts when it was due, not when it was issued", async () => {
  // One slot, and an interval far below what a write takes: each write waits for those before it.
  const writes = 200;
  const { latencyNs, issueDelayNs } = await driver.runTrial(
    smallTrial(folder, { queueDepth: 1, intervalNs: 1000, fileSizeBytes: writes * 4096 }),
  );
  const last = writes - 1;
  assert.ok(issueDelayNs !== null);
  assert.ok((issueDelayNs[last] as number) > (issueDelayNs[0] as number));
  for (let i = 0; i < writes; i += 1) {
    assert.ok((latencyNs[i] as number) > (issueDelayNs[i] as number), `write ${i}`);
  }
});

for (const preparation of ["no-fallocate", "dd-prefill"] as const) {
  test(`cancelling a ${preparation} trial ends it and leaves no file`, async () => {
    const abort = new AbortController();
    const request = smallTrial(folder, {
      preparation,
      intervalNs: 10_000_000,
      fileSizeBytes: 4096 * 4096,
    });
    const trial = driver.runTrial(request, abort.signal);
    setTimeout(() => abort.abort(), 100);
    await assert.rejects(trial, { code: "ECANCELED" });
    assert.equal(existsSync(request.path), false);
  });
}

test("a signal that was aborted before the start cancels the trial at once", async () => {
  const request = smallTrial(folder);
  await assert.rejects(driver.runTrial(request, AbortSignal.abort()), { code: "ECANCELED" });
  assert.equal(existsSync(request.path), false);
});

test("the event loop goes on while a trial runs", async () => {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 5);
  await driver.runTrial(smallTrial(folder, { intervalNs: 1_000_000, fileSizeBytes: 300 * 4096 }));
  clearInterval(timer);
  // On a blocked event loop it would not fire at all; an emulated CPU makes it late.
  assert.ok(ticks >= 2, `the timer fired ${ticks} times in 300 ms`);
});
