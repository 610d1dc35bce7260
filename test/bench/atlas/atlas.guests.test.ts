import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { atlasPath } from "../../../bench/atlas/missing.js";
import { ATLAS_SCENARIOS } from "../../../results/atlas/scenarios.js";
import { AtlasFile } from "../../../results/atlas/schema.js";
import { skip } from "../../support/guest.js";
import { scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const folder = join(scratchFolder(), "atlas");
const path = atlasPath(folder, "6.1", "ext4");

test("a pair is measured in one boot, and never twice", { skip }, async () => {
  const build = ["atlas", "build", "--kernels", "6.1", "--places", "ext4", "--out", folder];
  const first = await puntbench(build);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, new RegExp(`^${ATLAS_SCENARIOS.length} cells measured in .* 0 gaps`));
  const { cells } = AtlasFile.parse(JSON.parse(readFileSync(path, "utf8")));
  assert.equal(cells.length, ATLAS_SCENARIOS.length);
  const reserved = cells.find(({ scenario }) => scenario === "fallocate-0");
  assert.deepEqual(reserved?.counted, { requests: 256, punts: 256 });
  assert.equal(reserved?.causes[0]?.cause, "unwritten");
  const writtenAt = statSync(path).mtimeMs;
  const again = await puntbench(build);
  assert.match(again.stdout, /^0 cells measured/);
  assert.equal(statSync(path).mtimeMs, writtenAt);
});

test("what was measured again on another boot agrees", { skip }, async () => {
  const check = await puntbench(["atlas", "check", "--share", "100", "--from", folder, "--json"]);
  assert.equal(check.code, 0, check.stdout + check.stderr);
  const { agreed, changed, untold } = JSON.parse(check.stdout);
  assert.deepEqual([changed, untold], [[], []]);
  assert.equal(agreed, ATLAS_SCENARIOS.length);
});

test("a newer kernel held against the atlas exits with 3 and the cells that changed", {
  skip,
}, async () => {
  const { code, stdout } = await puntbench(["lab", "--kernels", "6.12", "--expect", path]);
  assert.equal(code, 3);
  assert.match(
    stdout,
    /^changed: .* fallocate-0: expected every request punts \(unwritten\); measured no request punts$/m,
  );
  assert.doesNotMatch(stdout, /^changed: .* append:/m);
});

test("a kernel that does not boot exits with 125, so that git bisect skips it", {
  skip,
}, async () => {
  const noKernel = join(scratchFolder(), "vmlinuz");
  writeFileSync(noKernel, "no kernel");
  const modules = scratchFolder();
  const args = ["lab", "--kernel-image", noKernel, "--modules", modules, "--expect", path];
  const { code, stderr } = await puntbench([...args, "--boot-timeout", "20s"]);
  assert.equal(code, 125, stderr);
});
