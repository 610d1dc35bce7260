import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { causesFigure } from "../../analysis/chart-data/cause-rows.js";
import type { CauseRow } from "../../analysis/charts/cause-chart.js";
import { cureSavings } from "../../analysis/estimates/cure-saving.js";
import { analyse } from "../../analysis/loading/analysis.js";
import { causeSentences } from "../../analysis/report/finding-causes.js";
import { findings } from "../../analysis/report/findings.js";
import { writeReport } from "../../analysis/report/run.js";
import type { Explanation } from "../../results/schema.js";
import { type FixtureRun, fixtureHeader, writeFixture } from "./fixture.js";
import { appendLines, explanationsOf } from "./fixture-explanation.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-causes-"));
after(() => rmSync(folder, { recursive: true }));

const CAUSE = { evidence: "seen", stack: null, curedBy: null };
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

/** A file of traces without trials. */
function traced(file: string, options: FixtureRun, change: (one: Explanation) => Explanation) {
  writeFixture(file, { ...options, rounds: 0 });
  appendLines(file, explanationsOf(options).map(change));
}

test("traces alone say on which kernels a preparation punts and on which it does not", async () => {
  const place = join(folder, "ranges");
  for (const [index, kernelLabel] of ["5.10", "6.1", "6.12", "6.18"].entries()) {
    const options = { kernelLabel, seed: index + 1, unwrittenPunts: index < 2, emulated: true };
    traced(join(place, `${kernelLabel}.jsonl`), options, (one) => one);
  }
  const found = findings(await analyse([place]), []);
  assert.ok(
    found.includes("fallocate-0: every write punts up to 6.1; no write punts from 6.12 on."),
    found.join("\n"),
  );
});

test("punts on clock ticks are called so, whatever their share, and slower writes are not told apart", async () => {
  const file = join(folder, "ticks.jsonl");
  const options = { kernelLabel: "6.1", filesystem: "xfs", intervalsNs: [0, 1e7] };
  traced(file, options, (one) => {
    const punts = one.scenario.intervalNs > 0 ? one.writes : 20;
    const words = "the file's timestamp was due";
    return { ...one, punts, causes: [{ ...CAUSE, cause: "timestamp", words, punts }] };
  });
  const sentences = causeSentences(await analyse([file]));
  assert.deepEqual(sentences, [
    "no-fallocate, keep-size, fallocate-0, zero-range and dd-prefill punt about once in each clock tick because the file's timestamp was due (traced on 6.1).",
  ]);
});

test("no bar of the chart of causes stands for two kinds of request, or for a kernel twice", async () => {
  const place = join(folder, "kinds");
  const all = { kernelLabel: "6.1", unwrittenPunts: true };
  traced(join(place, "a.jsonl"), all, (one) => one);
  traced(join(place, "b.jsonl"), { ...all, emulated: true, seed: 2 }, (one) => one);
  traced(join(place, "c.jsonl"), { ...all, seed: 3 }, (one) => ({
    ...one,
    scenario: { ...one.scenario, order: "random" },
  }));
  const [chart] = causesFigure(await analyse([place]));
  assert.ok(chart);
  const { values } = chart.spec.data as { values: CauseRow[] };
  const bars = new Map<string, number>();
  for (const { kernel, queueDepth, series, value } of values) {
    const bar = `${kernel} ${queueDepth} ${series}`;
    bars.set(bar, (bars.get(bar) ?? 0) + value);
  }
  assert.ok(bars.size >= 10);
  assert.deepEqual(
    [...bars].filter(([, value]) => value > 1.0001),
    [],
  );
});
