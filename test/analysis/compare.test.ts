import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ScenarioComparison } from "../../analysis/comparison/compare.js";
import { scenarioVerdict } from "../../analysis/comparison/summary.js";
import type { ChangeVerdict } from "../../analysis/estimates/change.js";
import { packageRoot } from "../../terminal/package-root.js";
import { type FixtureRun, writeFixture } from "./fixture.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-compare-"));
after(() => rmSync(folder, { recursive: true }));

function fixture(name: string, options: FixtureRun): string {
  return writeFixture(join(folder, "results", `${name}.jsonl`), options);
}

function compare(...args: string[]) {
  const cli = join(packageRoot(), "dist/cli.js");
  const done = spawnSync(process.execPath, [cli, "compare", ...args], {
    encoding: "utf8",
    cwd: folder,
  });
  assert.doesNotMatch(done.stderr, /internal error/);
  return { code: done.status, text: done.stdout, error: done.stderr };
}

before(() => {
  fixture("old", { kernelLabel: "6.1", unwrittenPunts: true, seed: 1 });
  fixture("new", { kernelLabel: "6.12", seed: 2 });
  fixture("again", { kernelLabel: "6.12-again", seed: 3 });
  fixture("slow", { kernelLabel: "6.12-slow", seed: 4, slowness: 1.3 });
  fixture("emulated", { kernelLabel: "6.12-tcg", seed: 5, emulated: true });
  fixture("short", { kernelLabel: "one-round", seed: 6, rounds: 1 });
});

test("labels are found among the results, and the upgrade that matters is named in one sentence", () => {
  const { code, text } = compare("6.1", "6.12");
  assert.equal(code, 0);
  const [sentence] = text.split("\n");
  assert.match(sentence ?? "", /^6\.12 against 6\.1, over 15 scenarios: better in \d+/);
  assert.match(sentence ?? "", /(fallocate-0|zero-range).*punts per write 100 % → 0 %/);
  assert.match(text, /kernel: 6\.1 → 6\.12/);
  assert.match(text, /rests on one boot/);
});

test("--json holds every estimate with interval, trials and verdict", () => {
  const { text } = compare("6.1", "6.12", "--json");
  const found = JSON.parse(text);
  assert.equal(found.scenarios.length, 18);
  const cell = found.scenarios.find(
    (scenario: { preparation: string; queueDepth: number }) =>
      scenario.preparation === "fallocate-0" && scenario.queueDepth === 8,
  );
  const { puntRatio, iops } = cell.metrics;
  assert.deepEqual([puntRatio.a.point, puntRatio.b.point, puntRatio.verdict], [1, 0, "better"]);
  assert.ok(iops.change.lower < iops.change.point && iops.change.point < iops.change.upper);
  // The fixture's times per write at this depth, 4 % noise.
  const truth = (45_000 / 1.4 ** 0.75 + 18_000) / (45_000 / 5 ** 0.75 + 12_000);
  assert.ok(iops.change.lower < truth && truth < iops.change.upper, JSON.stringify(iops.change));
  assert.equal(iops.a.trials, 5);
});

test("the gate passes when nothing changed, fails on a regression, and says when the data is not enough", () => {
  assert.equal(compare("6.12", "6.12-again", "--fail-on-regression").code, 0);
  assert.equal(compare("6.12", "6.12-slow", "--fail-on-regression").code, 3);
  assert.equal(compare("6.12-slow", "6.12", "--fail-on-regression").code, 0);
  assert.equal(compare("6.12", "one-round", "--fail-on-regression").code, 4);
  assert.equal(compare("6.12", "one-round").code, 0);
  assert.equal(compare("6.12", "6.12-slow", "--fail-on-regression", "--threshold", "90%").code, 0);
});

test("a scenario is called the same only when every metric is known to be the same", () => {
  const verdictOf = (...verdicts: ChangeVerdict[]) =>
    scenarioVerdict({ metrics: verdicts.map((verdict) => ({ verdict })) } as ScenarioComparison);
  assert.equal(verdictOf("same", "same"), "same");
  assert.equal(verdictOf("same", "not enough data"), "not enough data");
  assert.equal(verdictOf("worse", "not enough data"), "worse");
  assert.equal(verdictOf("better", "worse"), "mixed");
});

test("a file compared with itself is the same in every respect", () => {
  const file = join("results", "new.jsonl");
  const found = JSON.parse(compare(file, file, "--json").text);
  assert.deepEqual(found.verdicts, {
    better: 0,
    worse: 0,
    mixed: 0,
    same: 18,
    "not enough data": 0,
  });
});

test("emulated and real results are compared in counts only, unless the user allows more", () => {
  const { text } = compare("6.12", "6.12-tcg", "--json");
  const metrics = (json: string) => [
    ...new Set(
      JSON.parse(json).scenarios.flatMap((scenario: { metrics: object }) =>
        Object.keys(scenario.metrics),
      ),
    ),
  ];
  assert.deepEqual(metrics(text), ["puntRatio"]);
  assert.match(JSON.parse(text).notes.join(" "), /emulated/);
  const told = compare("6.12", "6.12-tcg", "--json", "--allow", "emulated");
  assert.ok(metrics(told.text).includes("iops"));
});

test("results that cannot be found or compared are refused in one line with the remedy", () => {
  for (const [args, words] of [
    [["6.1", "7.9"], /7\.9: neither a file or folder nor a kernel label.*\n.*Known labels: 6\.1/],
    [["results", "6.1"], /holds several kernels/],
    [["6.1", "6.12", "--threshold", "many"], /--threshold many: not a share/],
    [["6.1", "6.12", "--allow", "everything"], /--allow everything: not known/],
  ] as const) {
    const { code, error } = compare(...args);
    assert.ok(code === 1 || code === 2, String(code));
    assert.match(error, words);
  }
});

test("one trial is enough for a verdict only where every write punts or none does", () => {
  const found = JSON.parse(compare("6.1", "one-round", "--json").text);
  const scenario = found.scenarios.find(
    (one: { preparation: string }) => one.preparation === "fallocate-0",
  );
  const { puntRatio, iops } = scenario.metrics;
  assert.deepEqual([puntRatio.verdict, puntRatio.change.point], ["better", -1]);
  assert.deepEqual([iops.verdict, iops.change], ["not enough data", null]);
});

test("two emulated kernels are compared in counts, never in times", () => {
  fixture("emulated-old", {
    kernelLabel: "6.1-tcg",
    seed: 8,
    emulated: true,
    unwrittenPunts: true,
  });
  const { text } = compare("6.1-tcg", "6.12-tcg", "--json");
  const [scenario] = JSON.parse(text).scenarios;
  assert.deepEqual(Object.keys(scenario.metrics), ["puntRatio"]);
});
