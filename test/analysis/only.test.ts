import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyCell } from "../../analysis/cells/cell.js";
import { parseOnly } from "../../analysis/comparison/only.js";
import { scenarioNames } from "../../analysis/comparison/scenario-names.js";
import type { Scenario } from "../../results/schema.js";

const PLAIN: Scenario = {
  preparation: "dd-prefill",
  arm: "inline",
  queueDepth: 8,
  blockSizeBytes: 8192,
  fileSizeBytes: 8 << 20,
  order: "sequential",
  intervalNs: 10_000_000,
  registeredBuffers: false,
};
const SUBJECT = { id: "a", kernelLabel: "6.12", filesystem: "ext4", emulated: false };
const cellOf = (changes: Partial<Scenario>) =>
  emptyCell(SUBJECT, { ...PLAIN, ...changes }, new Map());

const CHANGES: [string, Partial<Scenario>][] = [
  ["operation=read", { operation: "read" }],
  ["io=buffered", { io: "buffered" }],
  ["durability=group-fdatasync", { durability: "group-fdatasync", groupWrites: 8 }],
  ["group=4", { durability: "group-fdatasync", groupWrites: 4 }],
  ["order=recycled", { order: "recycled" }],
  ["block=128k", { blockSizeBytes: 128 << 10 }],
  ["interval=2ms", { intervalNs: 2_000_000 }],
  ["files=4", { files: 4 }],
  ["extents=8", { extents: 8 }],
  ["inode=cold", { inode: "cold" }],
  ["pages=filled", { pageCache: "filled" }],
  ["rings=2", { rings: 2 }],
  ["ring=sqpoll", { ring: "sqpoll" }],
];

for (const [text, changes] of CHANGES) {
  test(`--only ${text} picks that scenario and not the plain one`, () => {
    const { cell } = parseOnly([text]);
    assert.deepEqual([cell(cellOf(changes)), cell(cellOf({}))], [true, false]);
  });
}

test("the defaults can be picked by their names too", () => {
  const all = "operation=write,io=direct,durability=none,order=sequential,block=8k,interval=10ms";
  assert.ok(
    parseOnly([`${all},files=1,extents=1,inode=warm,pages=empty,rings=1,ring=best`]).cell(
      cellOf({}),
    ),
  );
});

test("scenarios that differ in one dimension have different names in a comparison", () => {
  const scenarios = [{}, ...CHANGES.map(([, changes]) => changes)].map((changes) => ({
    scenario: { ...PLAIN, ...changes },
    filesystem: "ext4",
    differs: [],
    timesCompare: true,
    metrics: [],
  }));
  const names = scenarioNames({ scenarios } as unknown as Parameters<typeof scenarioNames>[0]);
  assert.equal(new Set(names).size, scenarios.length);
  assert.equal(names[0], "ext4 dd-prefill, depth 8, 8 KiB, every 10 ms");
});
