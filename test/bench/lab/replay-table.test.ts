import assert from "node:assert/strict";
import { test } from "node:test";
import { replayTable } from "../../../bench/lab/session/replay-table.js";

const operation = (file: string, requests: number, puntRatio: number | null, cause?: string) => ({
  file,
  operation: "write",
  requests,
  recordedPuntRatio: 0,
  puntRatio,
  causes: cause === undefined ? [] : [{ cause }],
});

const recording = { kernelRelease: "6.18.0" };

test("a replay's table has a column for each kernel, and says what was not seen", () => {
  const text = replayTable([
    {
      column: "6.1",
      printed: {
        recording,
        operations: [
          operation("/wal", 10, 1, "unwritten-extents"),
          operation("/data", 500, 0, "tick"),
        ],
      },
    },
    {
      column: "7.2 xfs",
      printed: { recording, operations: [operation("/data", 500, null)] },
    },
  ]);
  const lines = text.split("\n").map((line) => line.trim().split(/ {2,}/));
  assert.deepEqual(lines, [
    ["punted requests, and their most frequent cause"],
    ["file", "operation", "requests", "recorded on 6.18.0", "6.1", "7.2 xfs"],
    ["/data", "write", "500", "0 %", "0 %", "unknown"],
    ["/wal", "write", "10", "0 %", "100 % unwritten-extents", "unknown"],
  ]);
});

test("boots of one kernel stand side by side with their numbers", () => {
  const boot = (column: string, puntRatio: number) => ({
    column,
    printed: { recording, operations: [operation("/data", 500, puntRatio)] },
  });
  const text = replayTable([boot("6.1", 0.25), boot("7.2", 0), boot("6.1", 0.5)]);
  const [, titles, cells] = text.split("\n").map((line) => line.trim().split(/ {2,}/));
  assert.deepEqual(titles?.slice(4), ["6.1 boot 1", "6.1 boot 2", "7.2"]);
  assert.deepEqual(cells?.slice(4), ["25 %", "50 %", "0 %"]);
});

test("what a guest prints cannot act on the terminal", () => {
  const hostile = operation("/a\u001b[31m", 1, 1, "c\u001b]0;x");
  const text = replayTable([{ column: "6.1", printed: { recording, operations: [hostile] } }]);
  assert.ok(!text.includes("\u001b"));
});
