import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cellsOfBoot, readBootLines } from "../../../bench/atlas/boot-files.js";
import { ATLAS_SCENARIOS } from "../../../results/atlas/scenarios.js";
import { UserError } from "../../../terminal/errors.js";
import { noPuntCounter, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const folder = scratchFolder();
const list = ATLAS_SCENARIOS.filter(({ name }) =>
  ["no-fallocate", "dd-prefill", "two-rings", "fsync", "openat", "uncached-overwrite"].includes(
    name,
  ),
);

test("what one boot counted and traced becomes one cell a scenario, as on this kernel", {
  skip: noPuntCounter,
}, async () => {
  const scenarios = join(folder, "scenarios.json");
  writeFileSync(scenarios, JSON.stringify(list.map(({ scenario }) => scenario)));
  const results: string[] = [];
  for (const command of [
    ["explain", "--trace-only"],
    ["bench", "--rounds", "1"],
  ]) {
    const args = [...command, "--scenarios", scenarios, "--dir", folder, "--out", folder, "--json"];
    const { code, stdout, stderr } = await puntbench(args);
    assert.equal(code, 0, stderr);
    results.push(JSON.parse(stdout).resultsFile);
  }
  const cells = cellsOfBoot(await readBootLines(results), list);
  assert.deepEqual(
    cells.map(({ scenario }) => scenario),
    list.map(({ name }) => name),
  );
  const by = (name: string) => cells.find(({ scenario }) => scenario === name);
  assert.deepEqual(by("no-fallocate")?.counted, { requests: 256, punts: 256 });
  assert.deepEqual(by("no-fallocate")?.traced, { requests: 256, punts: 256 });
  assert.equal(by("no-fallocate")?.causes[0]?.cause, "extends-size");
  assert.equal(by("fsync")?.counted?.punts, 256);
  assert.equal(by("two-rings")?.traced, null, "explain does not follow two rings");
  assert.ok(by("two-rings")?.counted);
  assert.equal(by("openat")?.counted?.punts, 0);
  const uncached = by("uncached-overwrite");
  assert.ok(uncached);
  assert.equal(uncached.counted === null, uncached.skipped !== null, "counted, or skipped by name");
});

test("a scenario that a boot did not measure is skipped by name, never taken for no punts", () => {
  const cells = cellsOfBoot({ headers: [], trials: [], explanations: [] }, list);
  for (const cell of cells) {
    assert.deepEqual([cell.skipped, cell.counted], ["it was not measured", null]);
  }
});

test("a guest's file that holds something else is refused", async () => {
  const path = join(folder, "strange.jsonl");
  writeFileSync(path, '{"type":"trial"}\n');
  await assert.rejects(() => readBootLines([path]), UserError);
});
