import assert from "node:assert/strict";
import { test } from "node:test";
import type { DriverMeasurement } from "../../native/index.js";
import { driver, noPuntCounter, scratchFolder, smallTrial } from "../support/kernel.js";
import { rulesSay } from "../support/rules.js";

const folder = scratchFolder();
const BLOCKS = 4000;
const PACED = { intervalNs: 100_000, fileSizeBytes: BLOCKS * 4096 };

function rampOf({ ramp }: DriverMeasurement) {
  assert.ok(ramp, "the ramp is recorded");
  return ramp;
}

test("completions in the ramp are not counted, and those after it all are", async () => {
  const measured = await driver.runTrial(smallTrial(folder, { ...PACED, rampNs: 100_000_000 }));
  const ramp = rampOf(measured);
  assert.ok(ramp.wallNs >= 100_000_000);
  assert.ok(ramp.writes > 0 && measured.writes > 0);
  assert.equal(ramp.writes + measured.writes, BLOCKS);
  assert.equal(measured.bytes, measured.writes * 4096);
  assert.equal(measured.latencyNs.length, measured.writes);
  assert.equal(measured.issueDelayNs?.length, measured.writes);
  assert.equal(measured.submitCallNs.length, measured.submitCalls);
  // A stream of this pace lasts 400 ms. Only the start of the counters lies between its two parts, and the writes that
  // were due meanwhile tell how long that took.
  const between = Math.max(...(measured.issueDelayNs ?? [])) + PACED.intervalNs;
  assert.ok(ramp.wallNs + between + measured.wallNs >= (BLOCKS - 1) * PACED.intervalNs);
});

test("the queue is not drained where the ramp ends: writes under way count, and were issued before", async () => {
  const request = { rampNs: 5_000_000, queueDepth: 128, fileSizeBytes: 16_384 * 4096 };
  const measured = await driver.runTrial(smallTrial(folder, request));
  const underWay = measured.writes - (measured.writesIssued ?? 0);
  // The submitter keeps 128 writes under way, except those that completed while it reached the end of the ramp.
  assert.ok(underWay > 0 && underWay <= 128, `${underWay} writes were under way`);
});

test("punts, workers and CPU time begin where the ramp ends", {
  skip:
    noPuntCounter ||
    (rulesSay(folder, "no-fallocate") === true ? false : "SKIPPED, extending writes may not punt"),
}, async () => {
  const request = { preparation: "no-fallocate", fileSizeBytes: BLOCKS * 4096 } as const;
  const half = await driver.runTrial(smallTrial(folder, { ...request, rampNs: 60e9 }));
  // An endless ramp ends when half of the blocks are issued. Each write that is issued after it punts once.
  assert.equal(half.puntCount, half.writesIssued);
  assert.ok(Math.abs((half.writesIssued ?? 0) - BLOCKS / 2) <= 8, `${half.writesIssued} issued`);

  // The last tenth of 300 ms takes a tenth of the CPU time; half of it leaves room for whatever else runs here.
  const paced = { ...request, ...PACED, fileSizeBytes: 2 * BLOCKS * 4096 };
  const whole = await driver.runTrial(smallTrial(folder, { ...paced, durationNs: 300e6 }));
  const times = { rampNs: 270e6, durationNs: 30e6 };
  const tenth = await driver.runTrial(smallTrial(folder, { ...paced, ...times }));
  assert.ok((tenth.workersPeak ?? 0) >= 1);
  for (const who of ["ioWq", "submitter"] as const) {
    const [some, all] = [tenth.cpuNs[who] ?? 0, whole.cpuNs[who] ?? 0];
    assert.ok(some > 0 && some < all / 2, `${who}: ${some} of ${all} ns`);
  }
});

test("without a ramp every write is counted", async () => {
  const measured = await driver.runTrial(smallTrial(folder));
  assert.deepEqual([measured.ramp, measured.writes, measured.writesIssued], [undefined, 512, 512]);
});

test("a stream that fails in its ramp counts nothing and says why", async () => {
  // 1537 bytes are never aligned for O_DIRECT.
  const request = { blockSizeBytes: 1537, fileSizeBytes: 64 * 1537, rampNs: 60e9 };
  const measured = await driver.runTrial(
    smallTrial(folder, { ...request, preparation: "no-fallocate" }),
  );
  assert.deepEqual(
    [measured.firstError, measured.writes, measured.puntCount ?? 0],
    ["EINVAL", 0, 0],
  );
});

test("the duration ends the counted part while blocks are left, and what is under way still counts", async () => {
  const request = { rampNs: 5_000_000, durationNs: 20_000_000, queueDepth: 8 };
  // Nobody writes 512 MiB in 4 KiB blocks within 25 ms.
  const fileSizeBytes = 512 << 20;
  const measured = await driver.runTrial(
    smallTrial(folder, { ...request, fileSizeBytes, preparation: "fallocate-0" }),
  );
  assert.ok(measured.wallNs >= request.durationNs, `${measured.wallNs}`);
  assert.ok(measured.writes > 0);
  assert.ok(measured.writes + rampOf(measured).writes < fileSizeBytes / 4096);
  assert.equal(measured.latencyNs.length, measured.writes);
  assert.equal(measured.failedWrites, 0);
});

test("a file that is full ends a trial before its duration", async () => {
  const measured = await driver.runTrial(smallTrial(folder, { durationNs: 60e9 }));
  assert.equal(measured.writes, 512);
});
