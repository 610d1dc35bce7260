import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Cells } from "../../analysis/cells/cells.js";
import { loadRuns } from "../../analysis/loading/load.js";
import { Trial } from "../../results/schema.js";
import { upgradeTrial } from "../../results/upgrade.js";
import { packageRoot } from "../../terminal/package-root.js";

/** Written by the puntbench that knew version 1 only; the failed trial was added by hand. */
const file = join(packageRoot(), "test", "results", "version-1.jsonl");
const lines = readFileSync(file, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

test("a file of version 1 loads with every trial and every figure", async () => {
  const cells = new Cells();
  const { runs, problems } = await loadRuns([file], cells);
  assert.deepEqual([problems, runs[0]?.warnings], [[], []]);
  assert.deepEqual(runs[0]?.trials, { ok: 8, failed: 1, skipped: 0 });
  const first = lines[1];
  const cell = cells
    .list()
    .find(({ scenario }) => JSON.stringify(scenario) === JSON.stringify(first.scenario));
  assert.equal(cell?.values.puntRatio[0], first.puntCount / first.writes);
  assert.equal(cell?.values.iops[0], first.writes / (first.wallNs / 1e9));
  assert.equal(cell?.values.cpuNsIoWq[0], first.cpuNs.ioWq / first.writes);
});

test("a trial of version 1 becomes one of version 2, and nothing that was measured is lost", () => {
  const old = lines[1];
  const trial = Trial.parse(upgradeTrial(old));
  const { measurement, ...others } = trial;
  const cpuNs = { ...old.cpuNs, kernelWorkers: null };
  const added = { cpuNs, systemCpuSource: null, submitCall: null };
  assert.deepEqual({ ...others, ...measurement }, { ...old, ...added });
});

test("a trial of version 1 that failed before its first write has no measurement", () => {
  const failed = lines.find(({ status }) => status === "failed");
  assert.equal(Trial.parse(upgradeTrial(failed)).measurement, null);
});
