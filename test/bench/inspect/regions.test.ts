import assert from "node:assert/strict";
import { test } from "node:test";
import { regionsOf, stateOf } from "../../../bench/inspect/regions.js";
import type { Extent } from "../../../native/index.js";

const UNWRITTEN = 0x800;

function extent(offsetBytes: number, lengthBytes: number, flags = 0): Extent {
  return { offsetBytes, lengthBytes, physicalBytes: 1_000_000 + offsetBytes, flags };
}

function shown(extents: Extent[], sizeBytes: number, blockSizeBytes = 4096): string[] {
  return regionsOf(extents, sizeBytes, blockSizeBytes).map(
    ({ startBytes, endBytes, state, extending }) =>
      `${startBytes}-${endBytes ?? ""} ${state}${extending ? " extending" : ""}`,
  );
}

test("an empty file is one region without end, and every write extends it", () => {
  assert.deepEqual(shown([], 0), ["0- hole extending"]);
});

test("holes between extents and up to the size are regions too", () => {
  assert.deepEqual(shown([extent(8192, 4096)], 20480), [
    "0-8192 hole",
    "8192-12288 written",
    "12288-20480 hole",
    "20480- hole extending",
  ]);
});

test("blocks that fallocate left beyond the size are a separate region, and writes to them extend the file", () => {
  assert.deepEqual(shown([extent(0, 65536, UNWRITTEN)], 8192), [
    "0-8192 unwritten",
    "8192-65536 unwritten extending",
    "65536- hole extending",
  ]);
});

test("a last block that the size only half covers is a region that extends the file, and it starts earlier for larger writes", () => {
  assert.deepEqual(shown([extent(0, 16384)], 13_000), [
    "0-12288 written",
    "12288-16384 written extending",
    "16384- hole extending",
  ]);
  assert.deepEqual(shown([extent(0, 16384)], 13_000, 8192), [
    "0-8192 written",
    "8192-16384 written extending",
    "16384- hole extending",
  ]);
});

test("an extent that is cut in two keeps its place on the device", () => {
  const [, beyond] = regionsOf([extent(0, 65536, UNWRITTEN)], 8192, 4096);
  assert.equal(beyond?.physicalBytes, 1_000_000 + 8192);
});

test("flags of FIEMAP are named by what they mean to a write", () => {
  assert.equal(stateOf(0), "written");
  assert.equal(stateOf(0x1 | UNWRITTEN), "unwritten");
  assert.equal(stateOf(0x2000), "shared");
  assert.equal(stateOf(0x2 | 0x4), "delayed");
  assert.equal(stateOf(0x8), "compressed");
  assert.equal(stateOf(0x8 | 0x80), "encrypted");
  assert.equal(stateOf(0x200 | 0x100), "inline");
});
