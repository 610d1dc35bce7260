import assert from "node:assert/strict";
import { test } from "node:test";
import { Totals } from "../../../bench/watch/totals.js";
import type { WatchRow } from "../../../native/watch.js";

const BUCKETS = 128;

function row(inode: number, requests: number): WatchRow {
  const nothing = { punts: 0, forced: 0, drained: 0, chained: 0, failed: 0, bytes: 0 };
  const inlineBuckets = new Uint32Array(BUCKETS).fill(requests, 0, 1);
  const puntedBuckets = new Uint32Array(BUCKETS);
  const key = { ring: 1, inode, major: 8, minor: 1, process: 4242, opcode: 23 };
  const names = { processName: "db", fileName: "a" };
  return { ...key, ...names, requests, ...nothing, inlineBuckets, puntedBuckets };
}

test("readings of one row are added up, counts and histograms", () => {
  const totals = new Totals();
  totals.add([row(1, 3)]);
  totals.add([row(1, 4)]);
  const [sum, ...others] = totals.rows();
  assert.deepEqual([sum?.requests, sum?.inlineBuckets[0], others.length], [7, 7, 0]);
});

test("what does not fit any more are the rows that were not used for longest, and they are counted", () => {
  const totals = new Totals(2);
  totals.add([row(1, 10), row(2, 20)]);
  totals.add([row(1, 1)]);
  totals.add([row(3, 30)]);
  assert.deepEqual(
    [...totals.rows()].map(({ inode }) => inode),
    [1, 3],
  );
  assert.deepEqual(totals.dropped, { rows: 1, requests: 20 });
});
