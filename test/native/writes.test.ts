import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { test } from "node:test";
import type { TrialRequest } from "../../native/index.js";
import { ARMS, PREPARATIONS } from "../../results/vocabulary.js";
import { driver, scratchFolder, smallTrial } from "../support/kernel.js";

const folder = scratchFolder();

/** The driver stamps block number and seed into the first 16 bytes of every block. */
function stampsOf(request: TrialRequest): { block: number; seed: number }[] {
  const paths = [request.path];
  while (existsSync(`${request.path}.${paths.length}`))
    paths.push(`${request.path}.${paths.length}`);
  const content = Buffer.concat(paths.map((path) => readFileSync(path)));
  for (const path of paths) rmSync(path);
  return Array.from({ length: content.length / request.blockSizeBytes }, (_, i) => ({
    block: Number(content.readBigUInt64LE(i * request.blockSizeBytes)),
    seed: Number(content.readBigUInt64LE(i * request.blockSizeBytes + 8)),
  }));
}

for (const arm of ARMS) {
  for (const order of ["sequential", "random"] as const) {
    test(`${arm} in ${order} order writes every block once, each in its place`, async () => {
      const request = smallTrial(folder, {
        arm,
        order,
        preparation: "fallocate-0",
        keepFile: true,
      });
      const measured = await driver.runTrial(request);
      assert.equal(measured.writes, 512);
      assert.equal(measured.firstError, null);
      assert.equal(measured.latencyNs.length, 512);
      assert.ok(measured.latencyNs.every((ns) => ns > 0));
      const inCalls = measured.submitCallNs.reduce((sum, ns) => sum + ns, 0);
      assert.deepEqual(
        [measured.submitCallNs.length, inCalls],
        [measured.submitCalls, measured.submitNs],
      );
      // With a file for each of the 8 slots, blocks are numbered within their file.
      const blocks = arm.endsWith("own-files") ? 512 / 8 : 512;
      assert.deepEqual(
        stampsOf(request),
        Array.from({ length: 512 }, (_, i) => ({ block: i % blocks, seed: 42 })),
      );
    });
  }
}

for (const blockSizeBytes of [512, 8192, 1 << 20]) {
  test(`registered buffers of ${blockSizeBytes} bytes reach the file unchanged`, async () => {
    const blocks = 32;
    const request = smallTrial(folder, {
      // An ordinary user may lock 8 MiB of memory in all.
      queueDepth: 4,
      blockSizeBytes,
      fileSizeBytes: blocks * blockSizeBytes,
      registeredBuffers: true,
      keepFile: true,
    });
    await driver.runTrial(request);
    const stamps = stampsOf(request);
    assert.equal(stamps.length, blocks);
    assert.ok(stamps.every(({ block }, i) => block === i));
  });
}

for (const preparation of PREPARATIONS) {
  test(`${preparation} leaves the file in the state it names, and the writes make it written`, async () => {
    const { extentsBefore: before, extentsAfter: after } = await driver.runTrial(
      smallTrial(folder, { preparation }),
    );
    const size = 512 * 4096;
    const allocation = before && {
      sizeBytes: before.sizeBytes,
      writtenBytes: before.writtenBytes,
      unwrittenBytes: before.unwrittenBytes,
      beyondSizeBytes: before.beyondSizeBytes,
    };
    const expected = {
      "no-fallocate": [0, 0, 0, 0],
      "fallocate-0": [size, 0, size, 0],
      "keep-size": [0, 0, 0, size],
      "zero-range": [size, 0, size, 0],
      "dd-prefill": [size, size, 0, 0],
    }[preparation];
    assert.deepEqual(Object.values(allocation ?? {}), expected);
    assert.equal(after?.sizeBytes, size);
    assert.equal(after?.writtenBytes, size);
    assert.equal(after?.holeBytes, 0);
  });
}

test("the trial's file is gone afterwards", async () => {
  const request = smallTrial(folder);
  await driver.runTrial(request);
  assert.equal(existsSync(request.path), false);
});

test("a path that exists is refused and left alone", async () => {
  const request = smallTrial(folder, { keepFile: true });
  await driver.runTrial(request);
  await assert.rejects(driver.runTrial(request), { code: "EEXIST" });
  assert.equal(existsSync(request.path), true);
  rmSync(request.path);
});

test("an arm or a preparation with an unknown name is refused before anything is written", async () => {
  for (const unknown of [{ arm: "sqpoll" }, { preparation: "fallocate-1" }]) {
    const request = smallTrial(folder, unknown as object);
    await assert.rejects(driver.runTrial(request), { name: "TypeError" });
    assert.ok(!existsSync(request.path));
  }
});
