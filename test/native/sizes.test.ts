import assert from "node:assert/strict";
import { test } from "node:test";
import type { TrialRequest } from "../../native/index.js";
import { noPuntCounter, scratchFolder } from "../support/kernel.js";
import { BLOCKS, stamps, submittedAs, tracedStream } from "../support/traced-stream.js";

const folder = scratchFolder();
const skip = noPuntCounter;

const BLOCK_BYTES = 4096;
const MOST_BLOCKS = 8;
/** What the driver fills the rest of a request with. */
const FILL = 0x5a;

/** Runs requests of 4 to 32 KiB into an empty file, and reads back where each begins and how long it is. */
async function sizesOf(changes: Partial<TrialRequest>): Promise<number[]> {
  const found = await tracedStream(folder, {
    preparation: "no-fallocate",
    blockSizeMaxBytes: MOST_BLOCKS * BLOCK_BYTES,
    ...changes,
  });
  const { measured, punts, submitted, contents } = found;
  assert.equal(measured.firstError, null);
  assert.equal(measured.puntCount, punts, "the trace counts as many punts as the driver");
  const lengths = contents.flatMap(lengthsIn);
  assert.equal(measured.writes, lengths.length);
  assert.equal(measured.latencyNs.length, lengths.length);
  assert.equal(measured.bytes, BLOCKS * BLOCK_BYTES, "each block is written once");
  if (submitted.size > 0 && changes.arm === undefined) {
    const kind = changes.registeredBuffers ? "writeFixed" : "write";
    assert.deepEqual(submitted, submittedAs({ [kind]: lengths.length }));
  }
  return lengths;
}

/** Blocks of each request, in the order of the file: the first has the stamp of its place, the others are filled. */
function lengthsIn(content: Buffer): number[] {
  const lengths: number[] = [];
  for (const [block, stamp] of stamps(content).entries()) {
    if (stamp !== null) {
      assert.equal(stamp, block);
      lengths.push(1);
      continue;
    }
    const bytes = content.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
    assert.ok(
      bytes.every((byte) => byte === FILL),
      `block ${block} was written`,
    );
    lengths.push((lengths.pop() ?? Number.NaN) + 1);
  }
  return lengths;
}

for (const order of ["sequential", "random", "random-next"] as const) {
  test(`${order}: requests of every size up to the largest reach the file, and their punts are counted`, {
    skip,
  }, async () => {
    const lengths = await sizesOf({ order });
    const all = Array.from({ length: MOST_BLOCKS }, (_, index) => index + 1);
    assert.deepEqual(
      [...new Set(lengths)].sort((a, b) => a - b),
      all,
    );
    // Each of the eight sizes is as likely, so the mean is 4.5; random ones are cut where they meet blocks that are taken.
    const mean = BLOCKS / lengths.length;
    if (order === "sequential") assert.ok(mean > 3.7 && mean < 5.3, `${mean} blocks on average`);
    else assert.ok(mean > 1.5 && mean < 4.5, `${mean} blocks on average`);
  });
}

for (const changes of [
  { arm: "psync" },
  { arm: "libaio" },
  { arm: "forced" },
  { registeredBuffers: true },
  { io: "buffered" },
  { durability: "o_dsync" },
] as const) {
  test(`${JSON.stringify(changes)}: requests of several sizes reach the file`, {
    skip,
  }, async () => {
    await sizesOf(changes);
  });
}

test("own-files: requests of several sizes fill the file of each slot", { skip }, async () => {
  const request = {
    arm: "own-files",
    queueDepth: 4,
    preparation: "no-fallocate",
    blockSizeMaxBytes: MOST_BLOCKS * BLOCK_BYTES,
  } as const;
  // The trace reads back as many files as it is told of; the driver makes one for each slot.
  const { measured, contents } = await tracedStream(folder, { ...request, files: 4 });
  assert.equal(measured.bytes, BLOCKS * BLOCK_BYTES);
  assert.equal(contents.flatMap(lengthsIn).length, measured.writes);
});

test("requests of several sizes fill several files, and those of two rings one file", {
  skip,
}, async () => {
  await sizesOf({ files: 4 });
  for (const files of [1, 2]) {
    const lengths = await sizesOf({ rings: 2, files, order: "random" });
    assert.ok(Math.max(...lengths) > 1);
  }
});

test("reads of several sizes read all of the file", { skip }, async () => {
  const found = await tracedStream(folder, {
    operation: "read",
    blockSizeMaxBytes: MOST_BLOCKS * BLOCK_BYTES,
  });
  assert.equal(found.measured.bytes, BLOCKS * BLOCK_BYTES);
  assert.ok(found.measured.writes < BLOCKS);
  assert.ok(found.contents[0]?.every((byte) => byte === 0xa5));
});

test("only the seed decides the sizes", { skip }, async () => {
  const first = await sizesOf({ seed: 42 });
  assert.deepEqual(await sizesOf({ seed: 42 }), first);
});
