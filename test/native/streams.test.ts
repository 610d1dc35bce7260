import assert from "node:assert/strict";
import { closeSync, openSync, readdirSync } from "node:fs";
import { release } from "node:os";
import { test } from "node:test";
import { atLeast, runningKernelVersion } from "../../bench/rules/kernel-version.js";
import { driver, noPuntCounter, scratchFolder, smallTrial } from "../support/kernel.js";
import {
  BLOCKS,
  stamps,
  submittedAs,
  type TracedStream,
  tracedStream,
} from "../support/traced-stream.js";

const folder = scratchFolder();
const skip = noPuntCounter;
const kernel = runningKernelVersion(release(), "");
const traced = (changes: Parameters<typeof tracedStream>[1]) => tracedStream(folder, changes);
const upTo = (blocks: number) => Array.from({ length: blocks }, (_, block) => block);

/** The driver counted what the trace shows, and the kernel got nothing but the expected requests. */
function agrees(
  { measured, punts, submitted }: TracedStream,
  expected: Parameters<typeof submittedAs>[0],
  writes = BLOCKS,
) {
  assert.deepEqual([measured.firstError, measured.writes], [null, writes]);
  assert.equal(measured.puntCount, punts, "the trace counts as many punts as the driver");
  assert.equal(measured.latencyNs.length, writes);
  if (submitted.size > 0) {
    assert.deepEqual(new Map([...submitted].sort(([a], [b]) => a - b)), submittedAs(expected));
  }
}

test("fallocate allocates every block and always punts", { skip }, async () => {
  const found = await traced({ operation: "fallocate", preparation: "no-fallocate" });
  agrees(found, { fallocate: BLOCKS });
  assert.equal(found.punts, BLOCKS);
  const [content] = found.contents;
  assert.equal(content?.length, BLOCKS * 4096);
  assert.ok(content?.every((byte) => byte === 0));
  const after = found.measured.extentsAfter;
  if (after !== null) assert.equal(after.unwrittenBytes, BLOCKS * 4096);
});

test("openat opens the file, and every descriptor is closed again", { skip }, async () => {
  const before = readdirSync("/proc/self/fd").length;
  const found = await traced({ operation: "openat" });
  agrees(found, { openat: BLOCKS });
  assert.equal(readdirSync("/proc/self/fd").length, before);
  // The file is in the cache of names: from Linux 5.12 on (RESOLVE_CACHED) it is opened inline.
  if (atLeast(kernel, 5, 12)) assert.equal(found.punts, 0);
});

test("openat is inline too where the trial's path leads through /proc/self/fd, as the bench's does", {
  skip,
}, async () => {
  const held = openSync(folder, "r");
  try {
    const place = `/proc/self/fd/${held}`;
    const found = await driver.runTrial(smallTrial(place, { operation: "openat" }));
    assert.equal(found.firstError, null);
    if (atLeast(kernel, 5, 12)) assert.equal(found.puntCount, 0);
  } finally {
    closeSync(held);
  }
});

test("statx asks for the file, and the trace counts its punts too", { skip }, async () => {
  const found = await traced({ operation: "statx" });
  agrees(found, { statx: BLOCKS });
  if (atLeast(kernel, 6, 1)) assert.equal(found.punts, BLOCKS);
});

for (const operation of ["fallocate", "openat", "statx"] as const) {
  test(`psync: ${operation} is the same request as a system call`, { skip }, async () => {
    const before = readdirSync("/proc/self/fd").length;
    const found = await traced({ arm: "psync", operation });
    agrees(found, {});
    assert.equal(readdirSync("/proc/self/fd").length, before);
  });
}

/** An fdatasync takes long, so these trials are shorter. */
const GROUPED = 64;

for (const arm of ["inline", "forced", "psync", "libaio"] as const) {
  for (const [durability, groupWrites] of [
    ["group-fdatasync", 1],
    ["group-fdatasync", 7],
    ["group-fsync", 7],
  ] as const) {
    test(`${arm}: ${durability}:${groupWrites} ends each group with its sync, and its writes complete with it`, {
      skip,
    }, async () => {
      const group = { durability, groupWrites };
      const found = await traced({ arm, fileSizeBytes: GROUPED * 4096, ...group });
      const groups = Math.ceil(GROUPED / groupWrites);
      const hasRing = arm === "inline" || arm === "forced";
      agrees(found, hasRing ? { fsync: groups, write: GROUPED } : {}, GROUPED);
      assert.deepEqual(stamps(found.contents[0] as Buffer), upTo(GROUPED));
      // One more is the preparation's, an fsync.
      if (found.fsyncs > 0) assert.equal(found.fsyncs, groups + 1);
      if (found.fsyncs > 0)
        assert.equal(found.fdatasyncs, durability === "group-fsync" ? 0 : groups);
      if (!hasRing || found.measured.puntCountFsyncs === null) return;
      assert.equal(found.measured.puntCountFsyncs, found.fsyncPunts);
      assert.equal(found.fsyncPunts, groups, "every fdatasync punts");
      assert.equal(found.punts - groups, arm === "forced" ? GROUPED : 0);
    });
  }
}

for (const preparation of ["no-fallocate", "keep-size"] as const) {
  test(`append to ${preparation}: every block is behind the end of the file, once`, {
    skip,
  }, async () => {
    const found = await traced({ order: "append", preparation });
    agrees(found, { write: BLOCKS });
    const written = stamps(found.contents[0] as Buffer);
    assert.deepEqual(
      [...written].sort((a, b) => Number(a) - Number(b)),
      upTo(BLOCKS),
    );
  });
}

test("recycled segments are filled in turn and then overwritten", { skip }, async () => {
  const found = await traced({ order: "recycled", files: 4, preparation: "no-fallocate" });
  agrees(found, { write: BLOCKS });
  const each = BLOCKS / 2 / 4;
  assert.deepEqual(found.contents.map(stamps), Array(4).fill(upTo(each)));
  const { punts } = found;
  // The first pass extends its file with every write. The second one finds blocks that are written.
  assert.ok(punts >= BLOCKS / 2 && punts < BLOCKS / 2 + 8, `${punts} punts`);
});

test("several files take turns, and every block of each is written", { skip }, async () => {
  for (const order of ["sequential", "random"] as const) {
    const found = await traced({ order, files: 4 });
    agrees(found, { write: BLOCKS });
    assert.deepEqual(found.contents.map(stamps), Array(4).fill(upTo(BLOCKS / 4)));
  }
});

for (const files of [1, 2, 4]) {
  test(`two rings share ${files} files: each block is written once, and both rings' punts are counted`, {
    skip,
  }, async () => {
    for (const preparation of ["dd-prefill", "no-fallocate"] as const) {
      const found = await traced({ rings: 2, files, preparation });
      agrees(found, { write: BLOCKS });
      assert.deepEqual(found.contents.map(stamps), Array(files).fill(upTo(BLOCKS / files)));
      if (found.submitted.size > 0) assert.equal(found.submitters, 2);
      if (preparation === "no-fallocate") assert.ok(found.punts > BLOCKS / 2);
    }
  });
}

test("SQPOLL: a thread of the kernel submits, and its punts are counted", {
  skip: skip || (!atLeast(kernel, 5, 12) && "SKIPPED, before Linux 5.12 it is a kernel thread"),
}, async () => {
  for (const arm of ["inline", "forced"] as const) {
    for (const preparation of ["dd-prefill", "no-fallocate"] as const) {
      const found = await traced({ ring: "sqpoll", arm, preparation });
      agrees(found, { write: BLOCKS });
      assert.deepEqual(found.measured.ringFlags, ["SQPOLL"]);
      assert.deepEqual(stamps(found.contents[0] as Buffer), upTo(BLOCKS));
      if (arm === "forced") assert.equal(found.punts, BLOCKS);
      if (preparation === "no-fallocate") assert.ok(found.punts > BLOCKS / 2);
      assert.ok((found.measured.cpuNs.submitter ?? 0) > 0);
    }
  }
});

test("two SQPOLL rings are told apart", {
  skip: skip || (!atLeast(kernel, 5, 12) && "SKIPPED, before Linux 5.12 it is a kernel thread"),
}, async () => {
  const found = await traced({ ring: "sqpoll", rings: 2, arm: "forced" });
  agrees(found, { write: BLOCKS });
  assert.equal(found.punts, BLOCKS);
});

test("a stat beside the writes changes none of them", { skip }, async () => {
  const found = await traced({ statIntervalNs: 50_000 });
  agrees(found, { write: BLOCKS });
  assert.deepEqual(stamps(found.contents[0] as Buffer), upTo(BLOCKS));
});

test("a group that fails ends the stream with its error", async () => {
  const request = smallTrial(folder, {
    preparation: "no-fallocate",
    operation: "read",
    durability: "group-fdatasync",
    groupWrites: 4,
  });
  const measured = await driver.runTrial(request);
  assert.deepEqual([measured.firstError, measured.writes], ["EIO", 0]);
});
