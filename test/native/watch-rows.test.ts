import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketNs, RowReader } from "../../native/watch-rows.js";

const identity = (number: number, inode: number) => ({
  number,
  ring: 1,
  inode,
  major: 8,
  minor: 1,
  process: 42,
  opcode: 23,
  processName: "db",
  fileName: "a",
});

function withoutNumber({ number, ...rest }: ReturnType<typeof identity>) {
  return rest;
}

test("buckets have four ends to each power of two", () => {
  assert.deepEqual([bucketNs(0), bucketNs(3), bucketNs(4)], [1280, 2048, 2560]);
});

test("each row gets its own counts and latencies, and what it stands for is told once", () => {
  const reader = new RowReader();
  const [a, b] = reader.rowsOf({
    made: [identity(5, 100), identity(6, 200)],
    counts: Float64Array.from([
      ...[5, 10, 1, 4096, 2, 3, 4, 5, 1, 2],
      ...[6, 7, 0, 0, 0, 0, 0, 0, 0, 1],
    ]),
    latencies: Uint32Array.from([0, 9, 3, 8, 4, 7, 0, 6]),
  });
  assert.deepEqual(a, {
    ...withoutNumber(identity(5, 100)),
    fileKey: "42 8:1 100",
    placeKey: "42 8:1 100 23",
    rowKey: "42 8:1 100 23 1",
    requests: 10,
    failed: 1,
    bytes: 4096,
    punts: 2,
    forced: 3,
    drained: 4,
    chained: 5,
    inlineLatencies: [[1280, 9]],
    puntedLatencies: [
      [2048, 8],
      [2560, 7],
    ],
  });
  assert.deepEqual([b?.inode, b?.inlineLatencies, b?.puntedLatencies], [200, [], [[1280, 6]]]);
});

test("a number that is given out again stands for something else", () => {
  const reader = new RowReader();
  const counts = Float64Array.from([5, 10, 0, 0, 0, 0, 0, 0, 0, 0]);
  const latencies = new Uint32Array(0);
  const inodes = [[identity(5, 100)], [], [identity(5, 300)]].map(
    (made) => reader.rowsOf({ made, counts, latencies })[0]?.inode,
  );
  assert.deepEqual(inodes, [100, 100, 300]);
});
