import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { workOf } from "../../../bench/atlas/build.js";
import { collectAnswers, jobsOf } from "../../../bench/atlas/jobs.js";
import { atlasPath } from "../../../bench/atlas/missing.js";
import type { LabKernel } from "../../../bench/lab/session/kernels.js";
import { atlasText, loadAtlas } from "../../../results/atlas/files.js";
import { ATLAS_PLACES } from "../../../results/atlas/places.js";
import { ATLAS_SCENARIOS } from "../../../results/atlas/scenarios.js";
import { atlasFile, cell } from "../../analysis/atlas/fixture-atlas.js";
import { scratchFolder } from "../../support/kernel.js";

const folder = scratchFolder();
const atlas = join(folder, "atlas");
const parts = join(folder, "parts");
const places = ATLAS_PLACES.filter(({ name }) => ["ext4", "xfs"].includes(name));
const all = ATLAS_SCENARIOS.map(({ name }) => cell(name, 0));

function kernel(label: string): LabKernel {
  const { packageName, packageVersion, release } = atlasFile(label, "ext4", []);
  return { label, release, image: "", modules: "", packageName, packageVersion };
}

function store(below: string, file: ReturnType<typeof atlasFile>): void {
  const path = atlasPath(below, file.kernel, file.place);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, atlasText(file));
}

test("what the atlas lacks becomes one job for each kernel and place, and its answers come into the atlas", async () => {
  store(atlas, atlasFile("6.1", "xfs", all));
  const jobs = jobsOf(
    workOf(atlas, new Map([["cloud-amd64", [kernel("6.1"), kernel("6.12")]]]), places, {
      again: false,
      cost: undefined,
      only: null,
    }),
    parts,
    { mirror: null, only: null },
  );
  assert.deepEqual(jobs.map(({ name }) => name).sort(), ["6.1 ext4", "6.12 ext4", "6.12 xfs"]);
  const version = kernel("6.12").packageVersion;
  const xfs = jobs.find(({ name }) => name === "6.12 xfs");
  assert.deepEqual(xfs?.argv, [
    ...["puntbench", "atlas", "build", "--kernels", `6.12=${version}`, "--places", "xfs"],
    ...["--out", parts, "--jobs", "1"],
  ]);
  assert.equal(xfs?.output, join(parts, "6.12/xfs.json"));

  store(parts, atlasFile("6.1", "ext4", all));
  store(parts, { ...atlasFile("6.12", "ext4", all), packageVersion: "0" });
  const { missing } = await collectAnswers(jobs, atlas);
  assert.equal(missing.length, 2, missing.join("\n"));
  assert.match(missing.join("\n"), /^6\.12 ext4: .* holds answers of .* 0$/m);
  assert.match(missing.join("\n"), /^6\.12 xfs: .* is not there$/m);
  const { files } = loadAtlas(atlas);
  assert.deepEqual(
    files.map((file) => [`${file.kernel} ${file.place}`, file.cells.length]),
    [
      ["6.1 ext4", all.length],
      ["6.1 xfs", all.length],
    ],
  );
});

test("a place gets the kernels of its flavour, and only those", () => {
  const pair = ATLAS_PLACES.filter(({ name }) => ["ext4", "f2fs"].includes(name));
  const release = "6.12.9-amd64";
  const kernels = new Map([
    ["cloud-amd64", [kernel("6.1"), kernel("6.12")]],
    ["amd64", [{ ...kernel("6.12"), release }]],
  ] as const);
  const wish = { again: false, cost: undefined, only: null } as const;
  const releases = workOf(join(folder, "none"), kernels, pair, wish).map(({ place, kernels }) => [
    place.name,
    kernels.map((one) => one.kernel.release),
  ]);
  assert.deepEqual(releases, [
    ["ext4", ["6.1.9-cloud-amd64", "6.12.9-cloud-amd64"]],
    ["f2fs", [release]],
  ]);
});
