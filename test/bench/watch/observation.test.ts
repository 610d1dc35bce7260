import assert from "node:assert/strict";
import { test } from "node:test";
import { Names } from "../../../bench/watch/names.js";
import { observationsOf } from "../../../bench/watch/observation.js";
import { operationName } from "../../../bench/watch/operations.js";
import type { WorkerUse } from "../../../bench/watch/workers.js";
import type { WatchRow } from "../../../native/watch.js";
import { quantileNs } from "../../../results/durations.js";
import { watchRow as row } from "../../support/watch-rows.js";

const NO_WORKERS = { peak: 0, cpuNs: 0, processes: [] };
const observe = (rows: readonly WatchRow[], workers: WorkerUse = NO_WORKERS) =>
  observationsOf(rows, 2, new Names(), { causes: null, workers });

test("rings of one file are added up", () => {
  const [seen, ...others] = observe([
    row({ requests: 20, punts: 10, bytes: 81_920 }),
    row({ ring: 2, requests: 20, punts: 5, failed: 10, bytes: 40_960 }),
  ]);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [seen?.requests, seen?.requestsPerSecond, seen?.punts, seen?.failed, seen?.rings],
    [40, 20, 15, 10, 2],
  );
  assert.equal(seen?.bytesPerRequest, 4096);
  assert.equal(seen?.file, "inode 7 on device 8:1");
});

test("the dearest files stand first", () => {
  const seen = observe([
    row({ inode: 2, requests: 1000 }),
    row({ inode: 3, requests: 10, punts: 10 }),
  ]);
  assert.deepEqual(
    seen.map(({ file }) => file),
    ["inode 3 on device 8:1", "inode 2 on device 8:1"],
  );
});

test("workers' CPU time belongs to a file where workers served no other; else it is unknown", () => {
  const workers = { peak: 1, cpuNs: 7e6, processes: [{ process: 4_000_000, cpuNs: 7e6 }] };
  const inline = row({ inode: 1, requests: 9 });
  const punting = [2, 3].map((inode) => row({ inode, requests: 9, punts: 9 })) as [
    WatchRow,
    WatchRow,
  ];
  const cpuOf = (rows: WatchRow[]) => observe(rows, workers).map((seen) => seen.workerCpuNs);
  assert.deepEqual(cpuOf([inline, punting[0]]), [7e6, 0]);
  assert.deepEqual(cpuOf([inline, ...punting]), [null, null, 0]);
});

test("a quantile is the upper end of its bucket, and null without values", () => {
  assert.equal(quantileNs([], 0.99), null);
  const durations: [number, number][] = [
    [1280, 98],
    [1_310_720, 2],
  ];
  assert.equal(quantileNs(durations, 0.5), 1280);
  assert.equal(quantileNs(durations, 0.99), 1_310_720);
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
