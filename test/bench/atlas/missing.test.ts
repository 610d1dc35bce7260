import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import {
  atlasPath,
  measuredBefore,
  missingCosts,
  missingScenarios,
} from "../../../bench/atlas/missing.js";
import { atlasText, loadAtlas } from "../../../results/atlas/files.js";
import { ATLAS_PLACES } from "../../../results/atlas/places.js";
import { ATLAS_SCENARIOS } from "../../../results/atlas/scenarios.js";
import { atlasFile, cell } from "../../analysis/atlas/fixture-atlas.js";
import { scratchFolder } from "../../support/kernel.js";

const [ext4] = ATLAS_PLACES;
assert.ok(ext4);
const folder = join(scratchFolder(), "atlas");
const all = ATLAS_SCENARIOS.map(({ name }) => cell(name, 0));

const kernel = (label: string, packageVersion = `${label}.9-1`) => ({
  label,
  packageVersion,
  release: `${label}.9-cloud-amd64`,
});

function store(file: ReturnType<typeof atlasFile>): void {
  const path = atlasPath(folder, file.kernel, file.place);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, atlasText(file));
}

test("a kernel package that answered everything has nothing missing", () => {
  store(atlasFile("6.1", "ext4", all));
  const before = measuredBefore(folder, kernel("6.1", "6.1.9-1"), ext4);
  assert.deepEqual(missingScenarios(before, ext4), []);
});

test("another package of the series answers everything anew", () => {
  store(atlasFile("6.1", "ext4", all));
  assert.equal(measuredBefore(folder, kernel("6.1", "6.1.10-1"), ext4), null);
  assert.equal(missingScenarios(null, ext4).length, ATLAS_SCENARIOS.length);
});

test("another flavour of the same package version answers everything anew", () => {
  store(atlasFile("6.1", "ext4", all));
  const other = { ...kernel("6.1"), release: "6.1.9-amd64" };
  assert.equal(measuredBefore(folder, other, ext4), null);
});

test("a scenario that was changed or added is missing, and only this one", () => {
  const changed = all.map((one) =>
    one.scenario === "append" ? { ...one, key: "as it was" } : one,
  );
  store(
    atlasFile(
      "6.12",
      "ext4",
      changed.filter(({ scenario }) => scenario !== "fsync"),
    ),
  );
  const before = measuredBefore(folder, kernel("6.12", "6.12.9-1"), ext4);
  assert.deepEqual(
    missingScenarios(before, ext4).map(({ name }) => name),
    ["append", "fsync"],
  );
});

test("what a request costs is missing where it was measured and not counted, and nowhere else", () => {
  const instructions = { submitter: 9000, ioWq: null, kernelWorkers: 100 };
  const cells = [
    cell("append", 256, "extends-size"),
    cell("dd-prefill", 0, null, { instructions }),
    cell("fsync", 0, null, { skipped: "not here" }),
    cell("openat", 0),
  ];
  const missing = missingCosts(atlasFile("6.1", "ext4", cells), ext4);
  assert.deepEqual(
    missing.map(({ name }) => name),
    ["append"],
  );
  assert.deepEqual(missingCosts(null, ext4), []);
});

test("a file of the atlas has one line a cell, and is read as it was written", () => {
  const file = atlasFile("7.3", "ext4", all);
  const text = atlasText(file);
  assert.equal(text.split("\n").filter((line) => line.includes('"scenario"')).length, all.length);
  assert.deepEqual(JSON.parse(text), file);
});

test("a damaged file is named and passed over, and is measured again", () => {
  store(atlasFile("7.2", "ext4", all));
  const path = atlasPath(folder, "7.2", "ext4");
  writeFileSync(path, readFileSync(path, "utf8").slice(0, -30));
  assert.deepEqual(loadAtlas(folder).passedOver, [`${path} is no file of this atlas`]);
  assert.equal(measuredBefore(folder, kernel("7.2", "7.2.9-1"), ext4), null);
});
