import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { encodeLatency } from "../../results/encode-latency.js";
import type { Measurement } from "../../results/schema.js";
import { packageRoot } from "../../terminal/package-root.js";
import { type FixtureRun, fixtureLines, type Line } from "./fixture.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-odd-"));
after(() => rmSync(folder, { recursive: true }));

/** Writes a run whose lines were changed, and reports on it. */
function report(name: string, options: FixtureRun, change: (line: Line) => Line | null) {
  const file = join(folder, name, "run.jsonl");
  mkdirSync(dirname(file), { recursive: true });
  const lines = [...fixtureLines(options)].map(change).filter((line) => line !== null);
  writeFileSync(file, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
  const out = join(folder, name, "report");
  const cli = join(packageRoot(), "dist/cli.js");
  const done = spawnSync(process.execPath, [cli, "report", file, "--out", out], {
    encoding: "utf8",
  });
  assert.equal(done.status, 0, done.stderr);
  const read = (chart: string) => JSON.parse(readFileSync(join(out, `${chart}.vl.json`), "utf8"));
  return { markdown: readFileSync(join(out, "report.md"), "utf8"), read };
}

/** The line with other measured values; a line that is no trial stays as it is. */
function withMeasured(line: Line, changes: Partial<Measurement>): Line {
  if (line.type !== "trial" || line.measurement === null) return line;
  return { ...line, measurement: { ...line.measurement, ...changes } };
}

const small = { kernelLabel: "6.18", rounds: 2, writes: 32, queueDepths: [8] } as const;

test("punts that could not be counted are n/m in the table, never 0, and a warning says why", () => {
  const { markdown, read } = report("uncounted", small, (line) => {
    if (line.type === "trial")
      return withMeasured(line, { puntCount: null, puntCountHashed: null });
    if (line.type !== "header") return line;
    const privileges = {
      ...line.environment.privileges,
      puntCounter: false,
      puntCounterReason: "no right to tracefs",
    };
    return { ...line, environment: { ...line.environment, privileges } };
  });
  const rows = read("punt-table").data.values;
  assert.equal(rows.length, 6);
  for (const row of rows) {
    assert.deepEqual([row.value, row.label], [null, "n/m"]);
  }
  assert.match(markdown, /could not be counted \(no right to tracefs\).*not as 0/);
  assert.doesNotMatch(markdown, /no write punts|every write punts/);
});

test("failed and skipped trials are left out of every value, counted, and explained", () => {
  const { markdown, read } = report("failed", small, (line) => {
    if (line.type !== "trial") return line;
    const { preparation, arm } = line.scenario;
    if (preparation === "zero-range") {
      return { ...line, status: "skipped", reason: "EOPNOTSUPP: no FALLOC_FL_ZERO_RANGE" };
    }
    const broken = preparation === "dd-prefill" && arm === "inline" && line.round === 0;
    if (!broken) return line;
    return withMeasured({ ...line, status: "failed", reason: "ENOSPC" }, { wallNs: 1 });
  });
  assert.match(markdown, /zero-range, queue depth 8: 2 skipped \(EOPNOTSUPP/);
  assert.match(markdown, /dd-prefill, queue depth 8: 1 failed \(ENOSPC\)/);
  const series = read("iops").data.values;
  assert.ok(!series.some((row: { series: string }) => row.series === "zero-range"));
  const prefill = series.find((row: { series: string }) => row.series === "dd-prefill");
  assert.equal(prefill.trials, 1);
  assert.ok(prefill.value < 1e6, "a failed trial was averaged in");
});

test("a run where every trial failed still gives a report that says so", () => {
  const { markdown } = report("hopeless", small, (line) =>
    line.type === "trial" ? { ...line, status: "failed", reason: "EIO" } : line,
  );
  assert.match(markdown, /No trial succeeded/);
  assert.match(markdown, /failed \(EIO\)/);
});

test("a run of the lab's instruction counting has counts and instructions, and no times", () => {
  const { markdown, read } = report(
    "icount",
    { ...small, emulated: true, instructionCounting: true },
    (line) => line,
  );
  assert.ok(read("instructions").data.values.length > 10);
  assert.throws(() => read("iops-emulated"));
  assert.match(markdown, /no cost in time is claimed/);
});

test("an interrupted run without a footer is still reported, and is called incomplete", () => {
  const { markdown } = report("interrupted", small, (line) =>
    line.type === "footer" ? null : line,
  );
  assert.match(markdown, /no footer: the run was cut off/);
  assert.match(markdown, /\(incomplete\)/);
});

test("labels cannot become markup in Markdown either", () => {
  const kernelLabel = "a|b <img src=x> [c](http://d) `e` *f*";
  const { markdown } = report("markup", { ...small, kernelLabel }, (line) => line);
  const outsideCode = markdown.replaceAll(/```[\s\S]*?```/g, "");
  assert.ok(outsideCode.includes("a\\|b &lt;img src=x&gt; \\[c\\](http://d) \\`e\\` \\*f\\*"));
  assert.doesNotMatch(outsideCode, /<img|[^\\]\[c\]\(/);
});

test("a run of four writes in each trial, and times of 0, still give a report", () => {
  const four = { ...small, rounds: 1, writes: 4 };
  assert.match(report("few", four, (line) => line).markdown, /4 writes|queue depth/);
  const none = encodeLatency(new Float64Array([0, 0]));
  const { markdown } = report("no-time", small, (line) => withMeasured(line, { latency: none }));
  assert.match(markdown, /queue depth/);
});
