import assert from "node:assert/strict";
import { test } from "node:test";
import { printed } from "../../../bench/watch/print.js";
import { dearest } from "../../../bench/watch/report.js";
import { linesOf } from "../../../bench/watch/results.js";
import { screenLines } from "../../../bench/watch/screen.js";
import { BY_COST, SORTINGS, sorted } from "../../../bench/watch/sorting.js";
import { NOTHING_LOST, observation, reportOf } from "../../support/observations.js";

const extent = { limit: 20, width: 200 };

test("a latency that was not measured is no number, and rows beyond the limit are counted", () => {
  const observations = [observation({ punts: 100 }), observation({ file: "/data/b" })];
  const text = printed(reportOf(observations), { ...extent, limit: 1 });
  assert.match(text, /\/data\/a +write 4 KiB +50 +100 % +- +2.05 µs +- +0 % +0/);
  assert.match(text, /1 more files and operations/);
  assert.match(text, /io-wq: 3 workers, at least 0.50 CPUs, over 2 s/);
});

test("a process whose submitter was blocked appears, even if none of its requests completed", () => {
  const stalled = { process: 43, processName: "stuck", count: 2, blockedNs: 9e6, maxNs: 8e6 };
  const stalls = [{ ...stalled, long: 1, durations: [[8_388_608, 2]] as [number, number][] }];
  const report = { ...reportOf([observation({})]), stalls };
  const text = printed(report, extent);
  assert.match(text, /^stuck \(43\)\nno io_uring request completed$/m);
  assert.match(text, /^stuck \(43\): submitter blocked > 1 ms: 0\.5\/s \(max 8 ms\)$/m);
  const lines = linesOf(report);
  assert.deepEqual(
    lines.map(({ program, files }) => [program, files.length]),
    [
      ["db", 1],
      ["stuck", 0],
    ],
  );
  assert.deepEqual(lines[1]?.stalls, {
    count: 2,
    blockedNs: 9e6,
    maxNs: 8e6,
    long: 1,
    durations: [[8_388_608, 2]],
  });
});

test("an interval in JSON has the rows of a table, and says what the others did", () => {
  const rows = [1, 2, 3].map((index) => observation({ file: `/data/${index}`, punts: 10 }));
  const others = [observation({ process: 43, forced: 5 })];
  const { observations, leftOut } = dearest(reportOf([...rows, ...others]), 2);
  assert.deepEqual(
    observations.map(({ process, file }) => [process, file]),
    [
      [42, "/data/1"],
      [42, "/data/2"],
      [43, "/data/a"],
    ],
  );
  assert.deepEqual(leftOut, { rows: 1, requests: 100, byWorkers: 10 });
});

test("names of files and processes cannot send escape sequences to the terminal", () => {
  const hostile = observation({ file: "/data/\u001b[31mred", processName: "db\u0007" });
  const text = printed(reportOf([hostile]), extent);
  assert.ok(!text.includes("\u001b") && !text.includes("\u0007"));
  assert.match(text, /\\x1b\[31mred/);
});

test("what the kernel's maps could not hold is said", () => {
  const lost = { ...NOTHING_LOST, requests: 7 };
  const text = printed({ ...reportOf([]), lost }, extent);
  assert.match(text, /no io_uring request completed/);
  assert.match(text, /7 requests were not counted/);
});

test("columns leave a narrow terminal by their worth, and no line is wider or lower than the screen", () => {
  const rows = Array.from({ length: 40 }, (_, index) => observation({ file: `/data/${index}` }));
  const wide = screenLines(reportOf(rows), BY_COST, { limit: 50, width: 200, height: 100 });
  assert.match(wide[1] ?? "", /file .*operation .*requests\/s .*failed/);
  for (const width of [80, 60, 40, 20, 10, 1]) {
    const size = { limit: 50, width, height: 24 };
    const lines = screenLines(reportOf(rows), BY_COST, size);
    assert.ok(lines.length <= 24, `${lines.length} lines`);
    assert.ok(lines.every((line) => line.length <= width));
    if (width === 40) assert.match(lines[1] ?? "", /file .*requests\/s +punted$/);
    if (width >= 40) assert.ok(lines.some((line) => line.startsWith("io-wq: ")));
  }
});

test("a long name of a file gives way to the columns, and keeps its end", () => {
  const file = `/var/lib/${"very-".repeat(12)}long/sbtest1.ibd`;
  const rows = [observation({ file, punts: 99 }), observation({ forced: 100 })];
  const text = printed(reportOf(rows), { limit: 20, width: 80 });
  assert.match(text, /^file +operation +requests\/s +punted +cause/m);
  assert.match(text, /^…[^ ]*long\/sbtest1\.ibd +write 4 KiB +50 +99 % /m);
  assert.ok(
    text.split("\n").every((line) => line.length <= 80),
    text,
  );
});

test("requests that went to a worker without an attempt are punted, too", () => {
  const text = printed(reportOf([observation({ forced: 50 })]), extent);
  assert.match(text, /write 4 KiB +50 +50 % +- .* 50 % +0$/m);
});

test("each key has its own order", () => {
  const rows = [
    observation({ file: "c", requests: 1, puntedNsP99: 5_000 }),
    observation({ file: "b", requests: 3 }),
    observation({ file: "a", requests: 2, puntedNsP99: 9_000 }),
  ];
  const orders = SORTINGS.map((sorting) => [
    sorting.key,
    sorted(rows, sorting)
      .map(({ file }) => file)
      .join(""),
  ]);
  assert.deepEqual(orders, [
    ["c", "cba"],
    ["r", "bac"],
    ["l", "acb"],
    ["f", "abc"],
  ]);
});
