import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { mean, median } from "simple-statistics";
import type { Cell } from "../../../analysis/cells/cell.js";
import { HistogramBatch } from "../../../analysis/cells/histogram-batch.js";
import { estimate } from "../../../analysis/estimates/estimate.js";
import { type Analysis, analyse } from "../../../analysis/loading/analysis.js";
import { exportParquet } from "../../../analysis/parquet/write.js";
import { bucketsFor } from "../../../results/buckets.js";
import { histogramQuantiles, inBuckets } from "../../../results/histogram.js";
import type { Metric } from "../../../results/metrics.js";
import type { ObservedFile } from "../../../results/observation.js";
import {
  type Answers,
  askClickHouse,
  askDuckDb,
  findClickHouse,
  type SqlRow,
} from "../../support/sql.js";
import { type FixtureHost, observationOf, writeFleet } from "../fixture-fleet.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-questions-"));
const out = join(folder, "parquet");
after(() => rmSync(folder, { recursive: true }));

const PUNTING_FILE: Partial<ObservedFile> = {
  file: "/var/lib/db/table",
  operation: "writev",
  requests: 1000,
  punts: 900,
  causes: [
    { cause: "unwritten", punts: 60, evidence: "e", curedBy: "Linux 6.3" },
    { cause: "lock-contended", punts: 20, evidence: "e", curedBy: null },
  ],
  workerCpuNs: 2e9,
};

const SLOW = "old'5; DROP";

/** Five hosts on 6.1 and four on 6.12, with labels that a careless reader takes for numbers or paths. */
function hosts(): FixtureHost[] {
  const small = { rounds: 3, writes: 64, queueDepths: [1, 8] };
  const host = (name: string, seed: number, more: Partial<FixtureHost>): FixtureHost => ({
    host: name,
    seed,
    kernelLabel: "6.1",
    unwrittenPunts: true,
    ...small,
    ...more,
  });
  const newer = { kernelLabel: "6.10", unwrittenPunts: false };
  const watched = { observations: [observationOf("mariadbd", [PUNTING_FILE, {}])] };
  return [
    ...[1, 2, 3, 4].map((seed) =>
      host(`old${seed}`, seed, { slowness: 1 + seed / 50, ...watched }),
    ),
    host(SLOW, 5, { slowness: 4 }),
    ...[6, 7, 8].map((seed) => host(`new${seed}`, seed, newer)),
    host("new9", 9, {
      ...newer,
      filesystem: "xfs",
      preparations: ["dd-prefill"],
      header: (header) => ({ ...header, warnings: ["another bench runs"] }),
    }),
  ];
}

let analysis: Analysis;
let answers: Answers;
before(async () => {
  const fleet = writeFleet(folder, hosts());
  await exportParquet([fleet], out);
  analysis = await analyse([fleet]);
  answers = await askDuckDb(out, "6.10");
});

function answer(number: number): SqlRow[] {
  return answers.get(number) as SqlRow[];
}

function near(actual: unknown, expected: number | undefined): void {
  const value = Number(actual);
  assert.ok(expected !== undefined && Number.isFinite(value), `${actual} against ${expected}`);
  assert.ok(Math.abs(value - expected) <= 1e-9 * Math.abs(expected), `${value} is not ${expected}`);
}

function cellOf({ kernel_label, preparation, queue_depth }: SqlRow, filesystem = "ext4"): Cell {
  const found = analysis.cells.find(
    ({ subject, scenario }) =>
      subject.kernelLabel === kernel_label &&
      subject.filesystem === filesystem &&
      scenario.preparation === preparation &&
      scenario.queueDepth === Number(queue_depth) &&
      scenario.arm === "inline",
  );
  assert.ok(found, JSON.stringify([kernel_label, preparation, queue_depth]));
  return found;
}

const pointOf = (cell: Cell, metric: Metric) => estimate(cell, metric)?.point;

test("1: the hosts that punt are named, the one that never does is not", () => {
  const names = answer(1).map(({ host }) => host);
  assert.equal(names.length, 8);
  assert.ok(names.includes(SLOW) && !names.includes("new9"));
  // On 6.1 four of five preparations punt, on 6.10 two of five; all with equally many writes.
  near(answer(1)[0]?.punts_per_write, 0.8);
  near(answer(1).at(-1)?.punts_per_write, 0.4);
});

test("2: kernels have the medians over hosts that our own estimates have, and 6.10 is not 6.1", () => {
  const rows = answer(2).filter(({ preparation }) => preparation !== "dd-prefill");
  assert.equal(rows.length, 16);
  for (const row of rows) {
    const cell = cellOf(row);
    const found = estimate(cell, "iops");
    assert.equal(Number(row.hosts), found?.boots);
    near(row.median_iops, found?.point);
    near(row.median_cpu_ns, pointOf(cell, "cpuNs"));
    near(row.punts_per_write, pointOf(cell, "puntRatio"));
  }
});

test("3: filesystems are told apart", () => {
  const xfs = answer(3).filter(({ filesystem }) => filesystem === "xfs");
  assert.deepEqual(
    xfs.map(({ preparation, hosts }) => [preparation, Number(hosts)]),
    [["dd-prefill", 1]],
  );
  near(xfs[0]?.punts_per_write, 0);
});

test("4: a punting write costs more CPU than one that does not, on every kernel and depth", () => {
  assert.equal(answer(4).length, 4);
  for (const { times_as_much, punting_cpu_ns, inline_cpu_ns } of answer(4)) {
    assert.ok(Number(times_as_much) > 1.5, String(times_as_much));
    assert.ok(Number(punting_cpu_ns) > Number(inline_cpu_ns));
  }
});

test("5: p99 of merged buckets is that of all histograms put together", () => {
  const rows = answer(5).filter(({ preparation }) => preparation !== "dd-prefill");
  assert.equal(rows.length, 16);
  for (const row of rows) {
    const all = new HistogramBatch(0);
    for (const { histogram } of cellOf(row).latencies.values()) {
      all.add(inBuckets(histogram, bucketsFor(1, 1)));
    }
    assert.equal(Number(row.all_writes), all.histogram.total);
    assert.equal(Number(row.latency_ns_p99), histogramQuantiles(all.histogram, [0.99])[0]);
  }
});

test("6: the slow host comes first, with how much slower it is", () => {
  const [worst] = answer(6);
  assert.equal(worst?.host, SLOW);
  assert.equal(Number(worst?.scenarios), 10);
  const ratios = analysis.cells
    .filter(({ subject, scenario }) => subject.kernelLabel === "6.1" && scenario.arm === "inline")
    .map((cell) => slowHostP99(cell) / (pointOf(cell, "latencyNsP99") as number));
  assert.equal(ratios.length, 10);
  near(worst?.times_the_usual, Math.exp(mean(ratios.map(Math.log))));
  assert.ok(Number(worst?.times_the_usual) > 2);
});

/** The median over the trials of the slow host. */
function slowHostP99({ values, runOf, bootOfRun }: Cell): number {
  const own = (run: number) => bootOfRun.get(run) === SLOW;
  return median(values.latencyNsP99.filter((_, trial) => own(runOf[trial] as number)));
}

test("7: canaries and the rest have the medians of their own hosts", () => {
  const row = answer(7).find(({ scenario }) =>
    String(scenario).startsWith("fallocate-0 inline 8 "),
  );
  assert.deepEqual([Number(row?.canary_hosts), Number(row?.other_hosts)], [3, 5]);
  const at = { preparation: "fallocate-0", queue_depth: 8 };
  near(row?.canary_cpu_ns, pointOf(cellOf({ kernel_label: "6.10", ...at }), "cpuNs"));
  near(row?.other_cpu_ns, pointOf(cellOf({ kernel_label: "6.1", ...at }), "cpuNs"));
  near(row?.other_punts_per_write, 1);
});

test("8: the host whose bench warned is listed, the sound ones are not", () => {
  assert.deepEqual(
    answer(8).map(({ host, a_warning }) => [host, a_warning]),
    [["new9", "another bench runs"]],
  );
});

test("9: the punting file of the watched program, with the cause that was seen most", () => {
  assert.deepEqual(
    answer(9).map(({ program, file, hosts, all_punts, cause }) => [
      program,
      file,
      Number(hosts),
      Number(all_punts),
      cause,
    ]),
    [["mariadbd", "/var/lib/db/table", 4, 3600, "unwritten"]],
  );
});

test("10: cores in workers are the workers' CPU time over the time of the watch, once a program", () => {
  const [row] = answer(10);
  assert.equal(Number(row?.watched_hosts), 4);
  near(row?.cores_in_workers, 0.8);
  near(row?.cores_of_the_median_host, 0.2);
});

const ClickHouse = findClickHouse();
const skip = typeof ClickHouse === "string" ? ClickHouse : false;
test("ClickHouse gives the same answers to the same questions", { skip }, () => {
  const found = askClickHouse(ClickHouse as Exclude<typeof ClickHouse, string>, out, "6.10");
  assert.equal(found.size, 10);
  for (const [number, rows] of found) {
    assert.deepEqual(rows.map(rounded), answer(number).map(rounded), `question ${number}`);
  }
});

/** The engines write 64-bit integers in different ways, and add up fractions in another order. */
function rounded(row: SqlRow): SqlRow {
  const entries = Object.entries(row).map(([name, value]) => {
    const number = value === null || value === "" ? Number.NaN : Number(value);
    return [name, Number.isNaN(number) ? value : number.toPrecision(12)];
  });
  return Object.fromEntries(entries);
}
