import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { test } from "node:test";
import type { DriverMeasurement, TrialRequest } from "../../native/index.js";
import { driver, noPuntCounter, scratchFolder, smallTrial } from "../support/kernel.js";
import { seenBy } from "../support/tracepoints.js";

const folder = scratchFolder();
const skip = noPuntCounter;
const BLOCKS = 512;
const PUNT = "io_uring_queue_async_work";
const EVENTS = [
  `io_uring/${PUNT}`,
  // Renamed in Linux 6.4.
  "io_uring/io_uring_submit_req",
  "io_uring/io_uring_submit_sqe",
  "ext4/ext4_sync_file_enter",
];
/** IORING_OP_* in include/uapi/linux/io_uring.h. */
const OPCODES = { readv: 1, writev: 2, fsync: 3, readFixed: 4, writeFixed: 5, read: 22, write: 23 };

interface Traced {
  measured: DriverMeasurement;
  punts: number;
  /** Punts of fsyncs; NaN before the tracepoint had opcodes. */
  fsyncPunts: number;
  /** Requests by opcode; empty where this kernel does not show them. */
  submitted: Map<number, number>;
  /** fsyncs of the file, and those of them that ran in another thread than the submitter; 0 if not on ext4. */
  fsyncs: number;
  fsyncsElsewhere: number;
  content: Buffer;
}

/** Runs a trial while the kernel's own trace counts what the driver's counters should have counted. */
async function traced(changes: Partial<TrialRequest>): Promise<Traced> {
  const request = smallTrial(folder, { keepFile: true, ...changes });
  const { result, events } = await seenBy(EVENTS, () => driver.runTrial(request));
  const mine = events.filter(({ tid }) => tid === result.submitterTid);
  const punts = mine.filter(({ name }) => name === PUNT);
  const submitted = new Map<number, number>();
  for (const { name, fields } of mine) {
    if (!name.startsWith("io_uring_submit")) continue;
    const opcode = Number(fields.opcode);
    submitted.set(opcode, (submitted.get(opcode) ?? 0) + 1);
  }
  const inode = statSync(request.path).ino;
  const syncs = events.filter(
    ({ name, fields }) => name === "ext4_sync_file_enter" && Number(fields.ino) === inode,
  );
  const content = readFileSync(request.path);
  rmSync(request.path);
  return {
    measured: result,
    punts: punts.length,
    fsyncPunts: punts.filter(({ fields }) => Number(fields.opcode) === OPCODES.fsync).length,
    submitted,
    fsyncs: syncs.length,
    fsyncsElsewhere: syncs.filter(({ tid }) => tid !== result.submitterTid).length,
    content,
  };
}

/** Numbers of the blocks that hold a stamp, which is the number of the block and the seed. */
function stampedBlocks(content: Buffer): number[] {
  const blocks = Array.from({ length: content.length / 4096 }, (_, block) => block);
  return blocks.filter((block) => {
    const [number, seed] = [0, 8].map((at) => content.readBigUInt64LE(block * 4096 + at));
    return number === BigInt(block) && seed === 42n;
  });
}

/** The driver's counters against the trace: every punt, and nothing but requests of the expected kinds. */
function agrees(
  { measured, punts, submitted }: Traced,
  expected: Partial<Record<keyof typeof OPCODES, number>>,
) {
  assert.deepEqual([measured.firstError, measured.writes], [null, BLOCKS]);
  assert.equal(measured.puntCount, punts, "the trace counts as many punts as the driver");
  if (submitted.size === 0) return;
  const counts = Object.entries(expected).map(([name, n]) => [OPCODES[name as "read"], n]);
  assert.deepEqual(new Map([...submitted].sort(([a], [b]) => a - b)), new Map(counts as []));
}

const all = Array.from({ length: BLOCKS }, (_, block) => block);

for (const arm of ["inline", "psync", "libaio"] as const) {
  for (const io of ["direct", "buffered"] as const) {
    test(`${arm}: ${io} reads read every block and change none`, { skip }, async () => {
      const found = await traced({ arm, io, operation: "read" });
      agrees(found, arm === "inline" ? { read: BLOCKS } : {});
      assert.equal(found.measured.bytes, BLOCKS * 4096);
      assert.ok(
        found.content.every((byte) => byte === 0xa5),
        "the prefill is still there",
      );
    });

    test(`${arm}: ${io} reads and writes are mixed as asked, and the writes reach the file`, {
      skip,
    }, async () => {
      const found = await traced({ arm, io, operation: "readwrite", readPercent: 70 });
      const writes = stampedBlocks(found.content).length;
      agrees(found, arm === "inline" ? { read: BLOCKS - writes, write: writes } : {});
      // 512 draws with 30 %: nine standard deviations are 93.
      assert.ok(Math.abs(writes - 0.3 * BLOCKS) < 93, `${writes} writes`);
    });

    test(`${arm}: ${io} writes of no-fallocate reach the file`, { skip }, async () => {
      const found = await traced({ arm, io, preparation: "no-fallocate" });
      agrees(found, arm === "inline" ? { write: BLOCKS } : {});
      assert.deepEqual(stampedBlocks(found.content), all);
    });
  }
}

test("a stream of fsyncs punts every time", { skip }, async () => {
  const found = await traced({ operation: "fsync" });
  agrees(found, { fsync: BLOCKS });
  assert.equal(found.punts, BLOCKS);
  assert.ok((found.measured.cpuNs.ioWq ?? 0) > 0);
});

for (const durability of ["o_dsync", "rwf_dsync"] as const) {
  for (const arm of ["inline", "psync", "libaio"] as const) {
    test(`${arm}: ${durability} makes each write durable before it completes`, {
      skip,
    }, async () => {
      const found = await traced({ arm, durability, preparation: "fallocate-0" });
      agrees(found, arm === "inline" ? { write: BLOCKS } : {});
      assert.deepEqual(stampedBlocks(found.content), all);
      // The conversion of an unwritten extent is made durable by an fsync inside the write; one more was the preparation's.
      if (found.fsyncs > 0) assert.ok(found.fsyncs > BLOCKS, `${found.fsyncs} fsyncs`);
    });
  }
}

for (const preparation of ["no-fallocate", "dd-prefill"] as const) {
  for (const arm of ["inline", "forced"] as const) {
    test(`${arm} ${preparation}: an fdatasync is linked behind each write; those that follow a punted write into its worker are counted`, {
      skip,
    }, async () => {
      const found = await traced({ arm, preparation, durability: "linked-fdatasync" });
      const { measured, fsyncPunts, fsyncsElsewhere } = found;
      agrees(found, { fsync: BLOCKS, write: BLOCKS });
      assert.deepEqual(stampedBlocks(found.content), all);
      assert.equal(measured.latencyNs.length, BLOCKS);
      if (measured.puntCountFsyncs === null) return; // this kernel's tracepoint has no opcodes
      assert.equal(measured.puntCountFsyncs, fsyncPunts);
      const untraced = measured.puntCountUntraced ?? 0;
      assert.equal(fsyncPunts + untraced, BLOCKS, "every fdatasync ran in a worker");
      if (fsyncsElsewhere > 0) assert.equal(fsyncsElsewhere, BLOCKS);
    });
  }
}

test("vectored requests and fixed files are what reaches the kernel", { skip }, async () => {
  const vectored = await traced({ vectored: true, fixedFiles: true });
  agrees(vectored, { writev: BLOCKS });
  assert.deepEqual(stampedBlocks(vectored.content), all);
  agrees(await traced({ vectored: true, operation: "read" }), { readv: BLOCKS });
  const fixed = await traced({ registeredBuffers: true, operation: "read" });
  agrees(fixed, { readFixed: BLOCKS });
  agrees(await traced({ fixedFiles: true }), { write: BLOCKS });
});

test("uncached writes reach the file, where the kernel has them", {
  skip,
}, async (t) => {
  const request = smallTrial(folder, { io: "uncached", keepFile: true });
  const { firstError } = await driver.runTrial(request);
  assert.ok(existsSync(request.path));
  if (firstError !== null) {
    assert.ok(["EOPNOTSUPP", "EINVAL"].includes(firstError), firstError);
    t.skip("SKIPPED, this kernel or filesystem has no RWF_DONTCACHE");
    return;
  }
  rmSync(request.path);
  const found = await traced({ io: "uncached" });
  agrees(found, { write: BLOCKS });
  assert.deepEqual(stampedBlocks(found.content), all);
});

test("a read of nothing is a failed request, not a success", { skip }, async () => {
  for (const durability of ["none", "linked-fdatasync"] as const) {
    const request = { preparation: "no-fallocate", operation: "read", durability } as const;
    const measured = await driver.runTrial(smallTrial(folder, request));
    assert.deepEqual([measured.firstError, measured.shortWrite, measured.writes], ["EIO", true, 0]);
  }
});

for (const arm of ["inline", "forced"] as const) {
  test(`${arm}: io-wq workers are limited as asked, and the writes reach the file all the same`, {
    skip,
  }, async (t) => {
    const limited = { arm, preparation: "no-fallocate", queueDepth: 32, iowqWorkers: 2 } as const;
    try {
      const found = await traced(limited);
      agrees(found, { write: BLOCKS });
      assert.deepEqual(stampedBlocks(found.content), all);
      assert.equal(found.measured.workerLimit, 2);
      assert.ok((found.measured.workersPeak ?? 0) <= 2, `${found.measured.workersPeak} workers`);
    } catch (error) {
      const { syscall } = error as { syscall?: string };
      if (syscall !== "IORING_REGISTER_IOWQ_MAX_WORKERS") throw error;
      t.skip("SKIPPED, this kernel cannot limit workers");
    }
  });
}

test("a word that the driver does not know is refused before anything is written", async () => {
  for (const unknown of [{ operation: "mmap" }, { io: "dax" }, { durability: "maybe" }]) {
    const request = smallTrial(folder, unknown as object);
    await assert.rejects(driver.runTrial(request), { name: "TypeError" });
    assert.ok(!existsSync(request.path));
  }
});
