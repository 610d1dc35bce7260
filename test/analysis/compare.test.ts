import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { MetricComparison, ScenarioComparison } from "../../analysis/comparison/compare.js";
import { scenarioVerdict } from "../../analysis/comparison/summary.js";
import type { ChangeVerdict } from "../../analysis/estimates/verdict.js";
import { packageRoot } from "../../terminal/package-root.js";
import { type FixtureRun, fixtureLines, writeFixture } from "./fixture.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-compare-"));
after(() => rmSync(folder, { recursive: true }));

function fixture(name: string, options: FixtureRun): string {
  return writeFixture(join(folder, "results", `${name}.jsonl`), options);
}

/** A kernel on three boots, as a verdict across kernels needs them. */
function threeBoots(name: string, options: FixtureRun): void {
  for (const boot of [0, 1, 2]) {
    fixture(`${name}-boot${boot}`, { ...options, boot, seed: (options.seed ?? 1) * 10 + boot });
  }
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
  threeBoots("old", { kernelLabel: "6.1", unwrittenPunts: true, seed: 1 });
  threeBoots("new", { kernelLabel: "6.12", seed: 2, noise: 0.01 });
  threeBoots("again", { kernelLabel: "6.12-again", seed: 3, noise: 0.01 });
  threeBoots("slow", { kernelLabel: "6.12-slow", seed: 4, noise: 0.01, slowness: 1.3 });
  threeBoots("slight", { kernelLabel: "6.12-slight", seed: 7, noise: 0.002, slowness: 1.03 });
  threeBoots("steady", { kernelLabel: "6.12-steady", seed: 9, noise: 0.002 });
  fixture("single", { kernelLabel: "one-boot", seed: 6, slowness: 1.3 });
  fixture("emulated", { kernelLabel: "6.12-tcg", seed: 5, emulated: true });
  fixture("short", { kernelLabel: "one-round", seed: 6, rounds: 1 });
  fixture("large", { kernelLabel: "large-file", seed: 6, writes: 1024 });
});

test("labels are found among the results, and the upgrade that matters is named in one sentence", () => {
  const { text } = compare("6.1", "6.12");
  const [sentence] = text.split("\n");
  assert.match(sentence ?? "", /^6\.12 against 6\.1, over 18 scenarios: better in \d+/);
  assert.match(sentence ?? "", /(fallocate-0|zero-range).*punts per write 100 % → 0 %/);
  assert.match(text, /kernel: 6\.1 → 6\.12/);
  assert.match(sentence ?? "", /IOPS .* → .* \(× [\d.]+, [\d.]+ to [\d.]+\)/);
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
  // The fixture's times per write at this depth, 4 % and 1 % noise.
  const truth = (45_000 / 1.4 ** 0.75 + 18_000) / (45_000 / 5 ** 0.75 + 12_000);
  assert.ok(iops.change.lower < truth && truth < iops.change.upper, JSON.stringify(iops.change));
  assert.deepEqual([iops.a.trials, iops.a.boots, iops.a.coverage], [15, 3, 0.75]);
  assert.equal(iops.change.basis, "boots");
});

test("the gate passes when everything is told and nothing is worse, and fails on a regression", () => {
  const calm = ["--only", "metric=iops,metric=cpuNs,metric=puntRatio"];
  assert.equal(compare("6.12", "6.12-again", "--fail-on-regression", ...calm).code, 0);
  assert.equal(compare("6.12", "6.12-slow", "--fail-on-regression").code, 3);
  assert.equal(compare("6.12", "6.12-slow", ...calm).code, 0);
  assert.equal(compare("6.12-slow", "6.12", "--fail-on-regression", ...calm).code, 0);
  assert.equal(
    compare("6.12", "6.12-slow", "--fail-on-regression", "--threshold", "90%", ...calm).code,
    0,
  );
});

test("when any metric cannot be told, the exit code is 4 with and without the gate, and the output says which and why", () => {
  for (const gate of [[], ["--fail-on-regression"]]) {
    const { code, text } = compare("6.12", "one-boot", ...gate);
    assert.equal(code, 4);
    assert.match(text, /Not enough data, fewer than 3 boots on a side:/);
    assert.match(text, /IOPS, latency p50, latency p99, CPU per write: in all 18 scenarios/);
    assert.match(text, /Reboot and run the same bench again, until each side has 3 boots/);
    assert.equal(compare("6.12", "one-round", ...gate).code, 4);
  }
  for (const seed of [21, 22, 23]) {
    fixture(`again${seed}`, { kernelLabel: "three-runs", seed, bootId: "b1" });
  }
  assert.match(compare("6.12", "three-runs").text, /fewer than 3 boots/, "runs are not boots");
  const punts = compare("6.12", "one-boot", "--fail-on-regression", "--only", "metric=puntRatio");
  assert.equal(punts.code, 0, "that every write punts or none does is certain after one boot");
});

test("a metric that one side did not measure is not enough data, and no pass", () => {
  const file = join(folder, "results", "no-latency.jsonl");
  const options = { kernelLabel: "no-latency", seed: 2, noise: 0.01 };
  const lines = [...fixtureLines(options)].map((line) =>
    line.type === "trial" && line.measurement
      ? { ...line, measurement: { ...line.measurement, latency: null } }
      : line,
  );
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const { code, text } = compare(file, file, "--fail-on-regression");
  assert.equal(code, 4);
  assert.match(text, /not measured on either side:\n {2}latency p50, latency p99: in all 18/);
});

test("the sentence and the JSON count the same scenarios", () => {
  const found = JSON.parse(compare("6.12", "one-boot", "--json").text);
  assert.match(found.sentence, /over 18 scenarios: not enough data in 18\./);
  assert.equal(found.verdicts["not enough data"], 18);
  const scenarios = new Set(found.notEnoughData.map((one: { scenario: string }) => one.scenario));
  assert.equal(scenarios.size, 18);
});

test("a proven loss of 3 % is slightly worse, does not cross the gate, and is not called the same", () => {
  const only = ["--only", "metric=iops,depth=8,arm=inline"];
  const { code, text } = compare("6.12-steady", "6.12-slight", "--fail-on-regression", ...only);
  assert.equal(code, 0, text);
  assert.match(text, /slightly worse in 5\./);
  assert.doesNotMatch(text, /the same/);
});

test("a verdict never contradicts the medians or the interval that stand beside it", () => {
  for (const [a, b] of [
    ["6.1", "6.12"],
    ["6.12", "6.12-again"],
    ["6.12", "6.12-slow"],
  ] as const) {
    const found = JSON.parse(compare(a, b, "--json").text);
    for (const { metrics } of found.scenarios) {
      for (const [metric, { a: from, b: to, change, verdict }] of Object.entries<MetricComparison>(
        metrics,
      )) {
        assert.ok(from && to && change);
        const expected = change.kind === "ratio" ? to.point / from.point : to.point - from.point;
        assert.ok(Math.abs(change.point - expected) < 1e-9, `${metric} ${change.point}`);
        assert.ok(change.lower <= change.point && change.point <= change.upper);
        const none = change.kind === "ratio" ? 1 : 0;
        const clear = change.lower > none || change.upper < none;
        assert.equal(clear, /better|worse/.test(verdict), `${metric} ${JSON.stringify(change)}`);
      }
    }
  }
});

test("a scenario is within the limit only when every metric is known to be", () => {
  const verdictOf = (...verdicts: ChangeVerdict[]) =>
    scenarioVerdict({ metrics: verdicts.map((verdict) => ({ verdict })) } as ScenarioComparison);
  assert.equal(verdictOf("within", "within"), "within");
  assert.equal(verdictOf("within", "not enough data"), "not enough data");
  assert.equal(verdictOf("worse", "not enough data"), "worse");
  assert.equal(verdictOf("slightly worse", "within"), "slightly worse");
  assert.equal(verdictOf("better", "slightly worse"), "mixed");
});

test("a file compared with itself is within 10 % in every respect", () => {
  const file = join("results", "new-boot0.jsonl");
  const { code, text } = compare(file, file, "--json");
  assert.equal(code, 0);
  assert.equal(JSON.parse(text).verdicts.within, 18);
  assert.match(JSON.parse(text).sentence, /within 10 % in 18\./);
});

test("files of other sizes are compared, and each row names both sizes", () => {
  const { text } = compare("one-boot", "large-file", "--json");
  for (const { name, differs } of JSON.parse(text).scenarios) {
    assert.deepEqual(differs, ["file 2 MiB → 4 MiB"]);
    assert.match(name, /file 2 MiB → 4 MiB$/);
  }
});

test("rings with other flags: times are not compared unless the user allows it, and the flags are named", () => {
  const file = join(folder, "results", "other-ring.jsonl");
  const lines = [...fixtureLines({ kernelLabel: "other-ring", seed: 2 })].map((line) =>
    line.type === "trial" && line.measurement
      ? { ...line, measurement: { ...line.measurement, ringFlags: [] } }
      : line,
  );
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const { code, text } = compare("one-boot", "other-ring");
  assert.equal(code, 4);
  assert.match(text, /ring flags SINGLE_ISSUER → none/);
  assert.match(text, /the rings had other flags, so the times do not compare/);
  const allowed = JSON.parse(compare("one-boot", "other-ring", "--json", "--allow", "ring").text);
  assert.ok(allowed.notEnoughData.every((one: { reason: string }) => one.reason === "boots"));
});

test("--only picks scenarios and metrics, --summary gives each scenario one line, --format markdown a table for CI", () => {
  const only = ["--only", "preparation=fallocate-0,depth=8,depth=32", "metric=iops"];
  const found = JSON.parse(compare("6.1", "6.12", "--json", ...only).text);
  assert.deepEqual(
    found.scenarios.map((one: { preparation: string; queueDepth: number }) => [
      one.preparation,
      one.queueDepth,
    ]),
    [
      ["fallocate-0", 8],
      ["fallocate-0", 32],
    ],
  );
  assert.deepEqual(Object.keys(found.scenarios[0].metrics), ["iops"]);
  const { text } = compare("6.1", "6.12", "--summary", "--format", "markdown");
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  assert.equal(rows.length, 2 + 18);
  assert.match(rows[0] ?? "", /^\| scenario \| punts per write \| IOPS \|/);
  assert.match(text, /^\*\*6\.12 against 6\.1/);
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
    [["6.1", "6.12", "--only", "colour=red"], /--only colour=red: not known/],
    [["6.1", "6.12", "--only", "metric=speed"], /--only metric=speed: not known.*\n.*puntRatio/],
    [["6.1", "6.12", "--format", "xml"], /--format xml: not known/],
    [["6.1", "6.12", "--only", "depth=77"], /no measured scenario in common that --only picks/],
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
