import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { causesFigure } from "../../analysis/chart-data/cause-rows.js";
import type { CauseRow } from "../../analysis/charts/cause-chart.js";
import { cureSavings } from "../../analysis/estimates/cure-saving.js";
import { analyse } from "../../analysis/loading/analysis.js";
import { writeReport } from "../../analysis/report/run.js";
import { type FixtureRun, fixtureHeader, writeFixture } from "./fixture.js";
import { appendLines, explanationsOf } from "./fixture-explanation.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-causes-"));
after(() => rmSync(folder, { recursive: true }));

const OLD: FixtureRun = { kernelLabel: "6.1", unwrittenPunts: true, emulated: true };
const NEW: FixtureRun = { kernelLabel: "6.12", seed: 2 };

async function reportOf(name: string, runs: Record<string, FixtureRun>): Promise<string> {
  const input = join(folder, name);
  for (const [file, options] of Object.entries(runs)) {
    appendLines(writeFixture(join(input, file), options), explanationsOf(options));
  }
  const out = join(folder, `${name}-report`);
  await writeReport([input], { out, iops: "100k", p99: "2ms" });
  assert.ok(existsSync(join(out, "causes.png")) && existsSync(join(out, "causes.vl.json")));
  return readFileSync(join(out, "report.md"), "utf8");
}

const sectionOf = (report: string) =>
  report.slice(report.indexOf("## Why the writes punt"), report.indexOf("## What a write costs"));

test("the report says why writes punt, what cures it, and on which kernel the same writes go inline", async () => {
  const report = await reportOf("two", { "old.jsonl": OLD, "new.jsonl": NEW });
  assert.match(
    report,
    /^- no-fallocate and keep-size punt because the write extends the file \(traced on 6\.1 and 6\.12\)\.$/m,
  );
  assert.match(
    report,
    /^- fallocate-0 punts because the blocks are unwritten \(traced on 6\.1\)\.$/m,
  );
  const row = sectionOf(report)
    .split("\n")
    .find((line) => line.startsWith("| 6.1 | fallocate-0 | unwritten"))
    ?.replaceAll(/[\u00a0\u202f]/g, " ");
  assert.ok(row, "a row for each kernel, preparation and cause");
  for (const words of ["1: 100 %; 8: 2.3 %; 32: 2.3 %", "| a size | 6.12 |", "| not timed |"]) {
    assert.ok(row.includes(words), `${words} in ${row}`);
  }
});

// The fixture spends 44 µs on such a write and 6 µs on one into written blocks.
test("the cost of punting writes comes from timed trials, compared with writes into written blocks", async () => {
  const report = await reportOf("timed", { "new.jsonl": NEW });
  const row = sectionOf(report)
    .split("\n")
    .find((line) => line.startsWith("| 6.12 | keep-size | extends-size"));
  // The fixture charges 48 µs to this write and 6.5 µs to one into written blocks.
  assert.match(
    row ?? "",
    /depth 8: CPU per write × 7\.3\d \(.+ to .+\), IOPS × 0\.\d+ \(.+\), 5 trials/,
  );
});

test("savings compare with written blocks of the same subject and depth; emulated times give none", async () => {
  const file = writeFixture(join(folder, "saving.jsonl"), NEW);
  const savings = cureSavings((await analyse([file])).cells);
  // Four other preparations and the forced arm, at three depths.
  assert.equal(savings.length, 5 * 3);
  assert.ok(savings.every(({ scenario, cpuNs }) => scenario.queueDepth > 0 && cpuNs.point > 1));
  const emulated = writeFixture(join(folder, "emulated.jsonl"), OLD);
  assert.deepEqual(cureSavings((await analyse([emulated])).cells), []);
});

test("a run that was only traced gives a report of causes without a cost", async () => {
  const file = join(folder, "traced", "run.jsonl");
  writeFixture(file, { ...OLD, rounds: 0 });
  writeFileSync(file, `${JSON.stringify(fixtureHeader(OLD))}\n`);
  appendLines(file, explanationsOf(OLD));
  const out = join(folder, "traced-report");
  await writeReport([file], { out, iops: "100k", p99: "2ms" });
  const report = readFileSync(join(out, "report.md"), "utf8");
  assert.match(report, /15 traced scenarios in 1 run on 1 kernel/);
  assert.match(report, /This was traced only: no cost in time is claimed\./);
});

test("a damaged explanation is left out and named by its line number, and the rest is kept", async () => {
  const file = writeFixture(join(folder, "damaged.jsonl"), { ...NEW, rounds: 1 });
  const [explanation] = explanationsOf(NEW);
  appendLines(file, [{ ...explanation, punts: -1 }, explanation as object]);
  const { explained, runs } = await analyse([file]);
  assert.equal(explained.length, 1);
  assert.match(runs[0]?.warnings.join() ?? "", /line \d+: damaged explanation \(punts: /);
});

test("an unknown cause is no finding, and it confirms no rule", async () => {
  const file = writeFixture(join(folder, "unknown", "new.jsonl"), NEW);
  const unknown = explanationsOf(NEW).map((explanation) => ({
    ...explanation,
    causes: explanation.causes.map((found) => ({ ...found, cause: "unknown" })),
  }));
  appendLines(file, unknown);
  const out = join(folder, "unknown-report");
  await writeReport([file], { out, iops: "100k", p99: "2ms" });
  const report = readFileSync(join(out, "report.md"), "utf8");
  assert.doesNotMatch(report, /punts? because/);
  assert.match(sectionOf(report), /do not show the cause of any of the \d+ punts/);
});

test("the chart of causes tells a scenario that was not traced from one that does not punt", async () => {
  const file = writeFixture(join(folder, "partly", "new.jsonl"), NEW);
  const all = explanationsOf(NEW);
  const left = ({ scenario }: (typeof all)[number]) =>
    scenario.preparation !== "dd-prefill" || scenario.queueDepth !== 1;
  appendLines(file, all.filter(left));
  const [chart] = causesFigure(await analyse([file]));
  assert.ok(chart);
  const { values } = chart.spec.data as { values: CauseRow[] };
  const words = values
    .filter(({ preparation }) => preparation === "dd-prefill")
    .map(({ queueDepth, emptyBar }) => [queueDepth, emptyBar]);
  assert.deepEqual(words, [
    [8, "0 %"],
    [1, "not traced"],
  ]);
});
