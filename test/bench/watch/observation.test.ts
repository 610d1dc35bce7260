import assert from "node:assert/strict";
import { test } from "node:test";
import { Names } from "../../../bench/watch/names.js";
import { observationsBetween, quantileNs, rowKey } from "../../../bench/watch/observation.js";
import { operationName } from "../../../bench/watch/operations.js";
import { bucketNs, type WatchRow } from "../../../native/watch.js";

const BUCKETS = 128;

function row(changes: Partial<WatchRow>): WatchRow {
  return {
    ring: 1n,
    inode: 7,
    major: 8,
    minor: 1,
    process: 4_000_000,
    opcode: 23,
    requests: 0,
    punts: 0,
    forced: 0,
    failed: 0,
    bytes: 0,
    drained: 0,
    chained: 0,
    inlineBuckets: new Uint32Array(BUCKETS),
    puntedBuckets: new Uint32Array(BUCKETS),
    ...changes,
  };
}

const reading = (...rows: WatchRow[]) => new Map(rows.map((one) => [rowKey(one), one]));

test("an interval holds what was added, and rings of one file are added up", () => {
  const before = reading(row({ requests: 10, punts: 4, bytes: 40_960 }));
  const after = reading(
    row({ requests: 30, punts: 14, bytes: 122_880 }),
    row({ ring: 2n, requests: 20, punts: 5, failed: 10, bytes: 40_960 }),
  );
  const [seen, ...others] = observationsBetween(before, after, 2, new Names(), null);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [seen?.requests, seen?.requestsPerSecond, seen?.punts, seen?.failed, seen?.rings],
    [40, 20, 15, 10, 2],
  );
  assert.equal(seen?.bytesPerRequest, 4096);
  assert.equal(seen?.file, "inode 7 on device 8:1");
});

test("files without a new request are left out, and the dearest stand first", () => {
  const before = reading(row({ inode: 1, requests: 5 }));
  const after = reading(
    row({ inode: 1, requests: 5 }),
    row({ inode: 2, requests: 1000 }),
    row({ inode: 3, requests: 10, punts: 10 }),
  );
  const seen = observationsBetween(before, after, 1, new Names(), null);
  assert.deepEqual(
    seen.map(({ file }) => file),
    ["inode 3 on device 8:1", "inode 2 on device 8:1"],
  );
});

test("a quantile is the upper end of its bucket, and null without values", () => {
  const buckets = new Uint32Array(BUCKETS);
  assert.equal(quantileNs(buckets, 0.99), null);
  buckets[0] = 98;
  buckets[40] = 2;
  assert.equal(quantileNs(buckets, 0.5), bucketNs(0));
  assert.equal(quantileNs(buckets, 0.99), bucketNs(40));
  assert.deepEqual([bucketNs(0), bucketNs(3), bucketNs(4)], [1280, 2048, 2560]);
});

test("operations are named by their number in the kernel's interface", () => {
  assert.deepEqual([0, 2, 3, 17, 18, 22, 23, 46, 55].map(operationName), [
    "nop",
    "writev",
    "fsync",
    "fallocate",
    "openat",
    "read",
    "write",
    "uring-cmd",
    "ftruncate",
  ]);
  assert.equal(operationName(200), "operation 200");
});
