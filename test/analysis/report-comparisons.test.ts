import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { analyse } from "../../analysis/loading/analysis.js";
import { buildReport } from "../../analysis/report/build.js";
import { reportComparisons } from "../../analysis/report/comparison-section.js";
import { chartsOf } from "../../analysis/report/model.js";
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

const named = (analysis: Awaited<ReturnType<typeof analysisOf>>) =>
  reportComparisons(analysis).map(({ a, b }) => `${a.name} to ${b.name}`);

test("each filesystem has one comparison, of its oldest with its newest kernel", async () => {
  const runs = ["5.10", "6.1", "7.3"].flatMap((kernelLabel) =>
    ["ext4", "xfs"].map((filesystem) => ({ kernelLabel, filesystem })),
  );
  const analysis = await analysisOf("both", runs);
  assert.deepEqual(named(analysis), ["5.10 · ext4 to 7.3 · ext4", "5.10 · xfs to 7.3 · xfs"]);
  const demand = { iops: 1e5, latencyNsP99: 2e6 };
  const request = { title: null, demand, out: "report", onChart() {} };
  const report = buildReport(analysis, request);
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
    "6.1 · ext4 to 6.12 · ext4",
    "6.1 · btrfs (emulated) to 7.3 · btrfs (emulated)",
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
  const demand = { iops: 1e5, latencyNsP99: 2e6 };
  const report = buildReport(analysis, { title: null, demand, out: "report", onChart() {} });
  const [first, ...charts] = report.sections.find(({ id }) => id === "charts")?.blocks ?? [];
  assert.match(JSON.stringify(first), /Left out of these charts.*on ext4 and xfs with 6\.1/);
  const drawn = JSON.stringify(charts);
  for (const filesystem of ["ext4", "xfs"]) {
    assert.ok(drawn.includes(`5.10 · ${filesystem}`), filesystem);
    assert.ok(drawn.includes(`7.3 · ${filesystem}`), filesystem);
  }
});
