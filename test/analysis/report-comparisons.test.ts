import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { analyse } from "../../analysis/loading/analysis.js";
import { buildReport } from "../../analysis/report/build.js";
import { reportComparisons, titleOf } from "../../analysis/report/comparison-section.js";
import { chartsOf, type Report } from "../../analysis/report/model.js";
import { type FixtureRun, writeFixture } from "./fixture.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-report-comparisons-"));
after(() => rmSync(folder, { recursive: true }));

async function analysisOf(name: string, runs: readonly FixtureRun[]) {
  const input = join(folder, name);
  for (const [index, run] of runs.entries()) {
    writeFixture(join(input, `${index}.jsonl`), { ...run, rounds: 3, seed: index + 1 });
  }
  return analyse([input]);
}

type Read = Awaited<ReturnType<typeof analysisOf>>;

const named = (analysis: Read) => reportComparisons(analysis).map((one) => titleOf(one, analysis));

function reportOf(analysis: Read): Report {
  const demand = { iops: 1e5, latencyNsP99: 2e6 };
  return buildReport(analysis, { title: null, demand, out: "report", onChart() {} });
}

test("each filesystem has one comparison, of its oldest with its newest kernel", async () => {
  const runs = ["5.10", "6.1", "7.3"].flatMap((kernelLabel) =>
    ["ext4", "xfs"].map((filesystem) => ({ kernelLabel, filesystem })),
  );
  const analysis = await analysisOf("both", runs);
  assert.deepEqual(named(analysis), ["From 5.10 to 7.3 on ext4", "From 5.10 to 7.3 on xfs"]);
  const report = reportOf(analysis);
  const sections = report.sections.filter(({ id }) => id.startsWith("comparison"));
  assert.deepEqual(
    sections.map(({ id }) => id),
    ["comparison", "comparison-2"],
  );
  const names = chartsOf(report).map(({ chart }) => chart.name);
  assert.equal(new Set(names).size, names.length, "no chart takes another one's name");
  assert.ok(names.includes("upgrade") && names.includes("upgrade-2"), names.join(", "));
});

test("real kernels are compared before emulated ones, and never with them", async () => {
  const analysis = await analysisOf("emulated", [
    { kernelLabel: "6.1", filesystem: "btrfs", emulated: true },
    { kernelLabel: "7.3", filesystem: "btrfs", emulated: true },
    { kernelLabel: "6.1", filesystem: "ext4" },
    { kernelLabel: "6.12", filesystem: "ext4" },
    { kernelLabel: "7.3", filesystem: "ext4", emulated: true },
  ]);
  assert.deepEqual(named(analysis), [
    "From 6.1 to 6.12 on ext4",
    "From 6.1 to 7.3 on btrfs, emulated",
  ]);
});

test("one kernel of a filesystem is compared with nothing", async () => {
  const analysis = await analysisOf("one", [
    { kernelLabel: "6.1", filesystem: "ext4" },
    { kernelLabel: "7.3", filesystem: "xfs" },
  ]);
  assert.deepEqual(named(analysis), []);
});

test("many kernels: each filesystem has its own charts, and what they leave out is named", async () => {
  const kernels = ["5.10", "6.1", "6.12", "6.16", "6.17", "6.18", "7.2", "7.3"];
  const runs = kernels.flatMap((kernelLabel) =>
    ["ext4", "xfs"].map((filesystem) => ({ kernelLabel, filesystem, rounds: 1 })),
  );
  const analysis = await analysisOf("many", runs);
  const report = reportOf(analysis);
  const [first, ...charts] = report.sections.find(({ id }) => id === "charts")?.blocks ?? [];
  assert.match(JSON.stringify(first), /Left out of these charts.*on ext4 and xfs with 6\.1/);
  const drawn = JSON.stringify(charts);
  for (const filesystem of ["ext4", "xfs"]) {
    assert.ok(drawn.includes(`5.10 · ${filesystem}`), filesystem);
    assert.ok(drawn.includes(`7.3 · ${filesystem}`), filesystem);
  }
});

test("the table of punts has a group of columns for each filesystem, and a place without a measurement says so", async () => {
  const pairs = [
    { kernelLabel: "6.1", filesystem: "ext4", unwrittenPunts: true },
    { kernelLabel: "6.12", filesystem: "ext4" },
    { kernelLabel: "6.12", filesystem: "xfs", emulated: true },
  ];
  const { opening } = reportOf(await analysisOf("groups", pairs));
  assert.ok(opening);
  const { facet, spec, data } = opening.spec as {
    facet: { field: string; sort: string[] };
    spec: { encoding: { y: { sort: string[] } } };
    data: { values: { kernel: string; filesystem: string; series: string; label: string }[] };
  };
  assert.deepEqual([facet.field, facet.sort], ["filesystem", ["ext4", "xfs"]]);
  assert.deepEqual(spec.encoding.y.sort, ["6.1", "6.12", "6.12 (emulated)"]);
  const labels = (kernel: string, filesystem: string) =>
    data.values
      .filter((row) => row.kernel === kernel && row.filesystem === filesystem)
      .map(({ series, label }) => `${series} ${label}`);
  assert.ok(labels("6.1", "ext4").includes("fallocate-0 100 %"));
  assert.ok(labels("6.12", "ext4").includes("fallocate-0 0 %"));
  assert.deepEqual(new Set(labels("6.1", "xfs").map((label) => label.slice(-3))), new Set(["n/m"]));
});

test("one filesystem has no groups of columns, and its kernels no filesystem in their names", async () => {
  const runs = ["6.1", "6.12"].map((kernelLabel) => ({ kernelLabel, filesystem: "ext4" }));
  const report = reportOf(await analysisOf("single", runs));
  assert.equal(report.opening?.spec.facet, undefined);
  assert.match(JSON.stringify(report.opening?.spec), /"kernel":"6\.1"/);
  assert.doesNotMatch(JSON.stringify(report.sections), /"group":|· ext4/);
});

test("capacity has a row for each kernel and preparation, and its figures by filesystem", async () => {
  const runs = ["6.1", "6.12"].flatMap((kernelLabel) =>
    ["ext4", "xfs"].map((filesystem) => ({ kernelLabel, filesystem })),
  );
  const report = reportOf(await analysisOf("capacity", runs));
  const blocks = report.sections.find(({ id }) => id === "capacity")?.blocks ?? [];
  const shown = blocks.find((block) => block.kind === "table");
  assert.ok(shown?.kind === "table");
  assert.deepEqual(
    [...new Set(shown.columns.map(({ group }) => group))],
    [undefined, "ext4", "xfs"],
  );
  assert.deepEqual(
    shown.rows.map(([kernel, preparation]) => `${kernel} ${preparation}`).slice(0, 6),
    ["no-fallocate", "keep-size", "fallocate-0", "zero-range", "dd-prefill"]
      .map((preparation) => `6.1 ${preparation}`)
      .concat("6.12 no-fallocate"),
  );
  assert.equal(shown.rows.length, 10);
});

test("a kernel on which only other requests were measured is named as left out", async () => {
  const analysis = await analysisOf("otherwise", [
    { kernelLabel: "6.1", filesystem: "ext4" },
    { kernelLabel: "6.12", filesystem: "ext4" },
  ]);
  const [, newer] = analysis.subjects;
  for (const cell of analysis.cells.filter(({ subject }) => subject === newer)) {
    Object.assign(cell.scenario, { blockSizeBytes: 65536 });
  }
  const [first] = reportOf(analysis).sections.find(({ id }) => id === "charts")?.blocks ?? [];
  assert.match(JSON.stringify(first), /because other requests were measured there: on 6\.12\./);
});

test("more than twenty runs stand in one table, with what they share said once, and commands that differ by seed alone once", async () => {
  const runs = Array.from(
    { length: 21 },
    (): FixtureRun => ({
      kernelLabel: "6.1",
      preparations: ["dd-prefill"],
      arms: ["inline"],
    }),
  );
  const report = reportOf(await analysisOf("runs", runs));
  const section = (id: string) => report.sections.find((one) => one.id === id)?.blocks ?? [];
  const folds = section("runs").filter((block) => block.kind === "fold");
  assert.deepEqual(
    folds.map(({ summary }) => summary),
    ["The same in all 21 runs", "All 21 runs, and in what they differ"],
  );
  const [shared, apart] = folds.map(({ blocks }) => blocks[0]);
  assert.ok(shared?.kind === "table" && apart?.kind === "table");
  assert.ok(shared.rows.some(([what]) => what === "filesystem"));
  assert.equal(apart.rows.length, 21);
  assert.deepEqual(
    apart.columns.map(({ title }) => title),
    ["file", "run", "seed, rounds"],
  );
  const [, commands] = section("repeat");
  assert.ok(commands?.kind === "code");
  assert.equal(commands.text.split("\n").length, 3, commands.text);
});
