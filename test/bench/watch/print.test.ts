import assert from "node:assert/strict";
import { test } from "node:test";
import type { Observation } from "../../../bench/watch/observation.js";
import { printed } from "../../../bench/watch/print.js";

function observation(changes: Partial<Observation>): Observation {
  return {
    process: 42,
    processName: "db",
    rings: 1,
    file: "/data/a",
    operation: "write",
    requests: 100,
    requestsPerSecond: 50,
    bytesPerRequest: 4096,
    failed: 0,
    punts: 0,
    forced: 0,
    drained: 0,
    chained: 0,
    causes: [],
    inlineNsP99: 2048,
    puntedNsP99: null,
    ...changes,
  };
}

const NOTHING_LOST = { requests: 0, punts: 0, latencies: 0, unmatched: 0, events: 0 };
const whole = { seconds: 2, workers: { peak: 3, cpuNs: 1e9 }, lost: NOTHING_LOST };

test("a latency that was not measured is no number, and rows beyond the limit are counted", () => {
  const observations = [observation({ punts: 100 }), observation({ file: "/data/b" })];
  const text = printed({ ...whole, observations }, 1);
  assert.match(text, /\/data\/a +write 4 KiB +- +50 +100 % +0 % +0 +2.05 µs +-/);
  assert.match(text, /1 more files and operations/);
  assert.match(text, /io-wq: 3 workers, at least 0.50 CPUs, over 2 s/);
});

test("names of files and processes cannot send escape sequences to the terminal", () => {
  const hostile = observation({ file: "/data/\u001b[31mred", processName: "db\u0007" });
  const text = printed({ ...whole, observations: [hostile] }, 20);
  assert.ok(!text.includes("\u001b") && !text.includes("\u0007"));
  assert.match(text, /\\x1b\[31mred/);
});

test("what the kernel's maps could not hold is said", () => {
  const lost = { ...NOTHING_LOST, requests: 7 };
  const text = printed({ ...whole, lost, observations: [] }, 20);
  assert.match(text, /no io_uring request completed/);
  assert.match(text, /7 requests were not counted/);
});
