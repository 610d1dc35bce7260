import assert from "node:assert/strict";
import { test } from "node:test";
import { blockDeviceOf } from "../../bench/environment/block-device.js";
import { device } from "../../bench/environment/device.js";
import { mountOf } from "../../bench/environment/mount.js";
import type { TrialRequest } from "../../native/index.js";
import { noPuntCounter, scratchFolder } from "../support/kernel.js";
import { BLOCKS, submittedAs, tracedStream } from "../support/traced-stream.js";

const folder = scratchFolder();
const skip = noPuntCounter;

/** Numbers in the stamps of a file's blocks. */
function numbers(content: Buffer, blockBytes: number): (number | null)[] {
  return Array.from({ length: content.length / blockBytes }, (_, block) => {
    const [number, seed] = [0, 8].map((at) => content.readBigUInt64LE(block * blockBytes + at));
    return seed === 42n ? Number(number) : null;
  });
}

/** Runs writes while the trace counts what the driver's counters should have counted, and reads them back. */
async function written(
  changes: Partial<TrialRequest>,
  request: "write" | "writeFixed" = "write",
): Promise<number> {
  const { blockSizeBytes = 4096, fileSizeBytes = BLOCKS * blockSizeBytes } = changes;
  const found = await tracedStream(folder, { ...changes, fileSizeBytes });
  const writes = fileSizeBytes / blockSizeBytes;
  assert.deepEqual([found.measured.firstError, found.measured.writes], [null, writes]);
  assert.equal(found.measured.puntCount, found.punts, "the trace counts as many punts");
  if (found.submitted.size > 0) {
    assert.deepEqual(found.submitted, submittedAs({ [request]: writes }));
  }
  const all = Array.from({ length: writes }, (_, block) => block);
  assert.deepEqual(numbers(found.contents[0] as Buffer, blockSizeBytes), all);
  return found.punts;
}

for (const [blockSizeBytes, blocks] of [
  [512, 512],
  [65536, 64],
  [4 << 20, 8],
] as const) {
  for (const preparation of ["no-fallocate", "dd-prefill"] as const) {
    test(`${preparation}: blocks of ${blockSizeBytes} bytes reach the file, and their punts are counted`, {
      skip,
    }, async () => {
      const shape = { blockSizeBytes, fileSizeBytes: blocks * blockSizeBytes };
      const punts = await written({ preparation, ...shape });
      if (preparation === "no-fallocate") assert.ok(punts > 0);
    });
  }
}

test("a depth beyond the device's queue waits before it, and loses no write and no punt", {
  skip,
}, async () => {
  const mount = mountOf(folder);
  const { queueRequests } = device(mount && blockDeviceOf(mount));
  const queueDepth = Math.max(2048, 2 * (queueRequests ?? 0));
  for (const preparation of ["no-fallocate", "dd-prefill"] as const) {
    await written({ preparation, queueDepth, fileSizeBytes: 2 * queueDepth * 4096 });
  }
});

for (const order of ["sequential", "random"] as const) {
  for (const preparation of ["no-fallocate", "dd-prefill"] as const) {
    test(`${preparation}, ${order}: registered buffers and files are what reaches the kernel`, {
      skip,
    }, async () => {
      await written({ order, preparation, registeredBuffers: true }, "writeFixed");
    });
  }
}

for (const ring of ["defer", "coop", "plain"] as const) {
  for (const preparation of ["no-fallocate", "dd-prefill"] as const) {
    test(`${preparation}: a ring with the flags of ${ring} writes every block, and its punts are counted`, {
      skip,
    }, async (t) => {
      const punts = await written({ ring, preparation }).catch((error) => {
        // 5.19 has the flags of coop, 6.1 those of defer.
        if ((error as { code?: string }).code !== "EINVAL") throw error;
        t.skip(`SKIPPED, this kernel has no ${ring}`);
      });
      if (preparation === "no-fallocate" && punts !== undefined) assert.ok(punts > BLOCKS / 2);
    });
  }
}
