import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { OBSERVATION_COLUMNS } from "../../../analysis/parquet/observation-columns.js";
import { partitionName } from "../../../analysis/parquet/partition-name.js";
import { TRIAL_COLUMNS } from "../../../analysis/parquet/trial-columns.js";
import { exportParquet } from "../../../analysis/parquet/write.js";
import type { Trial } from "../../../results/schema.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { puntbench } from "../../support/puntbench.js";
import { openDuckDb } from "../../support/sql.js";
import { fixtureLines, writeFixture } from "../fixture.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-parquet-"));
after(() => rmSync(folder, { recursive: true }));

const small = { rounds: 2, writes: 32, queueDepths: [8] } as const;
const REFERENCE = join(packageRoot(), "results", "reference");

test("the reference results become one row for each trial, with what our own reading finds in them", async () => {
  const out = join(folder, "reference");
  const { code, stdout } = await puntbench([
    "export",
    REFERENCE,
    "--format",
    "parquet",
    "--out",
    out,
  ]);
  assert.equal(code, 0);
  assert.match(stdout, /: 400 trials in 1 file, 0 observed operations/);
  const { all, close } = await openDuckDb(out);
  const [row] = await all(
    "SELECT count(*) AS trials, count(host) AS hosts, sum(writes) AS writes, sum(punt_count) AS punts FROM trials",
  );
  const [buckets] = await all("SELECT sum(requests) AS writes FROM latencies");
  close();
  const counted = countedIn(REFERENCE);
  assert.deepEqual(Object.values(row ?? {}).map(Number), [400, 0, counted.writes, counted.punts]);
  assert.equal(Number(buckets?.writes), counted.writes);
});

/** Straight from the lines, without any reader of ours. */
function countedIn(path: string): { writes: number; punts: number } {
  const files = readdirSync(path, { recursive: true }).map(String);
  const trials = files
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => readFileSync(join(path, name), "utf8").trim().split("\n"))
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === "trial");
  // Files of version 1 have the members of `measurement` in the trial.
  const sum = (name: string): number =>
    trials.reduce((total, trial) => total + (trial.measurement ?? trial)[name], 0);
  return { writes: sum("writes"), punts: sum("puntCount") };
}

test("a label is a folder name that no path can hide in, and the column has all of it", async () => {
  const labels = ["../../up", "a/b", ".", "x=1&y", "6.10", "ü".repeat(150), "ü".repeat(149)];
  for (const label of labels) {
    assert.match(partitionName(label), /^kernel=[\w.%-]{1,220}$/);
    assert.ok(!partitionName(label).includes("/"));
  }
  assert.equal(partitionName("a/b"), "kernel=a%2Fb");
  assert.equal(new Set(labels.map(partitionName)).size, labels.length);
  const input = join(folder, "hostile");
  for (const [index, kernelLabel] of labels.entries()) {
    writeFixture(join(input, `${index}.jsonl`), { kernelLabel, seed: index, ...small });
  }
  const out = join(folder, "hostile-parquet");
  await exportParquet([input], out);
  assert.equal(readdirSync(join(out, "trials")).length, labels.length);
  const { all, close } = await openDuckDb(out);
  const rows = await all("SELECT DISTINCT kernel_label FROM trials");
  close();
  assert.deepEqual(rows.map((row) => row.kernel_label).sort(), [...labels].sort());
});

test("what was not measured is null: a failed trial has no figures, and counts without root are no zeros", async () => {
  const [header, first, ...lines] = [...fixtureLines({ kernelLabel: "6.1", ...small })];
  const failed = { ...first, status: "failed", reason: "ENOSPC", measurement: null };
  const uncounted = lines.map((line) =>
    line.type === "trial"
      ? { ...line, measurement: { ...line.measurement, puntCount: null } }
      : line,
  );
  const input = join(folder, "nulls.jsonl");
  const all = [header, failed, ...uncounted].map((line) => JSON.stringify(line));
  writeFileSync(input, `${all.join("\n")}\n`);
  const out = join(folder, "nulls");
  await exportParquet([input], out);
  const duckDb = await openDuckDb(out);
  const [row] = await duckDb.all(`
    SELECT count(*) AS trials, count(iops) AS measured, count(latency) AS histograms, count(punt_ratio) AS ratios,
           count(punt_count) AS counts, min(reason) AS reason FROM trials`);
  duckDb.close();
  assert.equal(row?.reason, "ENOSPC");
  const trials = (header as { scenarios: Trial["scenario"][] }).scenarios.length * small.rounds;
  assert.deepEqual([row.trials, row.measured, row.histograms, row.ratios, row.counts].map(Number), [
    trials,
    trials - 1,
    trials - 1,
    0,
    0,
  ]);
});

test("results without a watch have an empty table of observations, whose columns are there", async () => {
  const input = writeFixture(join(folder, "quiet.jsonl"), { kernelLabel: "6.1", ...small });
  const out = join(folder, "quiet");
  await exportParquet([input], out);
  const { all, close } = await openDuckDb(out);
  const columns = await all("DESCRIBE observations");
  const [row] = await all("SELECT count(*) AS observed FROM observations");
  const metadata = await all(
    `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${out}/trials/*/*.parquet')`,
  );
  close();
  assert.equal(columns.length, OBSERVATION_COLUMNS.length + 1);
  assert.equal(Number(row?.observed), 0);
  assert.deepEqual(metadata, [
    { key: "puntbench.schema_version", value: "2" },
    { key: "puntbench.tool_version", value: "0.1.0" },
  ]);
});

test("an export is made whole or not at all, and never into a folder that holds something", async () => {
  const input = writeFixture(join(folder, "whole.jsonl"), { kernelLabel: "6.1", ...small });
  const full = join(folder, "full");
  mkdirSync(full);
  writeFileSync(join(full, "mine"), "");
  const refused = await puntbench(["export", input, "--format", "parquet", "--out", full]);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /full holds files already: rows of two exports would be counted twice/,
  );
  assert.deepEqual(readdirSync(full), ["mine"]);
  const nowhere = await puntbench([
    "export",
    input,
    "--format",
    "parquet",
    "--out",
    "/proc/nowhere/x",
  ]);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /cannot write \/proc\/nowhere\/x: /);
  const unnamed = await puntbench(["export", input, "--format", "parquet"]);
  assert.equal(unnamed.code, 2);
  const place = join(folder, "broken");
  mkdirSync(place);
  const damaged = join(folder, "damaged.jsonl");
  writeFileSync(damaged, "not results\n");
  await assert.rejects(
    exportParquet([damaged], join(place, "out")),
    /not a puntbench results file/,
  );
  assert.deepEqual(readdirSync(place), []);
  assert.ok(!existsSync(join(place, "out")));
});

test("results/README.md explains every column of an export", () => {
  const page = readFileSync(join(packageRoot(), "results", "README.md"), "utf8");
  const [, section = ""] = page.split("# Parquet");
  const explained = new Set([...section.matchAll(/`([a-z_0-9]+)`/g)].map(([, name]) => name));
  const columns = [...TRIAL_COLUMNS, ...OBSERVATION_COLUMNS].map(({ name }) => name);
  assert.deepEqual(
    columns.filter((name) => !explained.has(name)),
    [],
  );
});
