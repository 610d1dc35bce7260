import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { exportRows, toCsv } from "../../analysis/export/rows.js";
import { analyse } from "../../analysis/loading/analysis.js";
import { buildReport } from "../../analysis/report/build.js";
import { type FixtureRun, writeFixture } from "./fixture.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-export-"));
after(() => rmSync(folder, { recursive: true }));

async function analysisOf(...runs: FixtureRun[]) {
  const inside = mkdtempSync(join(folder, "runs-"));
  for (const [index, run] of runs.entries()) writeFixture(join(inside, `${index}.jsonl`), run);
  return analyse([inside]);
}

test("the table has one row per scenario and three columns per metric, and null stays empty", async () => {
  const { cells } = await analysisOf({
    kernelLabel: 'six, "twelve"\nand more',
    emulated: true,
    instructionCounting: true,
    rounds: 3,
  });
  const rows = exportRows(cells);
  assert.equal(rows.length, 18);
  const [first] = rows;
  assert.equal(first?.puntRatio, 1);
  assert.equal(first?.iops, null);
  assert.ok((first?.instructionsLower as number) <= (first?.instructions as number));
  const csv = toCsv(rows);
  assert.ok(csv.includes('"six, ""twelve""\\nand more"'));
  const columns = (csv.split("\n")[0] as string).split(",");
  assert.ok(columns.includes("latencyNsP99Upper") && !csv.includes("null") && !csv.includes("NaN"));
});

test("with several boots the interval spans the boots, and their number is stated", async () => {
  const boots = [0, 1, 2].map((boot) => ({
    kernelLabel: "6.12",
    boot,
    seed: boot,
    slowness: 1 + 0.1 * boot,
    noise: 0.001,
  }));
  const { cells } = await analysisOf(...boots);
  const [row] = exportRows(cells);
  assert.deepEqual([row?.boots, row?.trials], [3, 15]);
  const [lower, point, upper] = [row?.iopsLower, row?.iops, row?.iopsUpper] as number[];
  assert.ok(Math.abs((upper as number) / (point as number) - 1.1) < 0.01, `${point} ${upper}`);
  assert.ok(Math.abs((lower as number) / (point as number) - 1.1 / 1.2) < 0.01);
});

test("the findings say in words which preparation punts on which kernel, in at most ten lines", async () => {
  const analysis = await analysisOf(
    { kernelLabel: "6.1", unwrittenPunts: true },
    { kernelLabel: "6.12", seed: 2 },
  );
  const report = buildReport(analysis, {
    title: "t",
    demand: { iops: 1000, latencyNsP99: 2e6 },
    out: "out",
    onChart: () => {},
  });
  const [always, depends, never] = report.findings;
  assert.equal(always, "no-fallocate and keep-size: every write punts on both kernels.");
  assert.equal(
    depends,
    "fallocate-0 and zero-range: every write punts on 6.1; no write punts on 6.12.",
  );
  assert.equal(never, "dd-prefill: no write punts on either kernel.");
  assert.ok(report.findings.length <= 10);
  assert.match(report.findings.join(" "), /6\.12 against 6\.1, over 18 scenarios/);
  assert.deepEqual(report.warnings, []);
});
