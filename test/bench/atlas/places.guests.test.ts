import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { atlasPath } from "../../../bench/atlas/missing.js";
import { AtlasFile } from "../../../results/atlas/schema.js";
import { skip } from "../../support/guest.js";
import { scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

/** Of each scenario: how many of its requests punted or why it was skipped, and the cause of the punts. */
async function measured(place: string, scenarios: readonly string[], kernel = "6.12") {
  const folder = join(scratchFolder(), "atlas");
  const which = ["--kernels", kernel, "--places", place, "--scenarios", scenarios.join(",")];
  const { code, stderr } = await puntbench(["atlas", "build", ...which, "--out", folder]);
  assert.equal(code, 0, stderr);
  const text = readFileSync(atlasPath(folder, kernel, place), "utf8");
  const { release, cells } = AtlasFile.parse(JSON.parse(text));
  const answers = cells.map(({ scenario, counted, traced, causes, skipped }) => {
    assert.deepEqual(traced, counted, scenario);
    return [scenario, [skipped ?? counted?.punts, causes[0]?.cause ?? null]] as const;
  });
  return { release, answers: new Map(answers) };
}

test("f2fs: what has no written block punts, each for its own reason, and an overwrite goes inline", {
  skip,
}, async () => {
  const names = ["fallocate-0", "no-fallocate", "dd-prefill", "overwrite-512"];
  const { release, answers } = await measured("f2fs", names);
  assert.match(release, /\d-amd64$/);
  assert.deepEqual(answers.get("fallocate-0"), [256, "unwritten"]);
  assert.deepEqual(answers.get("no-fallocate"), [256, "extends-size"]);
  assert.deepEqual(answers.get("dd-prefill"), [0, null]);
  assert.deepEqual(answers.get("overwrite-512"), [256, "unaligned"]);
});

test("the disk itself: overwrites go inline unless their pages are cached, and files are skipped by name", {
  skip,
}, async () => {
  const names = ["dd-prefill", "overwrite-cached", "buffered-overwrite", "fallocate-0", "openat"];
  const { answers } = await measured("block", names);
  assert.deepEqual(answers.get("dd-prefill"), [0, null]);
  assert.deepEqual(answers.get("overwrite-cached"), [256, "page-cache"]);
  assert.deepEqual(answers.get("buffered-overwrite"), [256, "buffered-write"]);
  const reason = "a block device neither grows nor reserves blocks";
  assert.deepEqual(answers.get("fallocate-0"), [reason, null]);
  assert.match(String(answers.get("openat")?.[0]), /^openat asks the filesystem/);
});

test("dm-crypt takes no request that must not wait: until 6.3 io_uring tries none inline, and from 7.3 on reads come back", {
  skip,
}, async () => {
  const names = ["dd-prefill", "read"];
  const older = await measured("ext4-luks", names, "6.1");
  for (const name of names) assert.deepEqual(older.answers.get(name), [256, "no-nowait"]);
  const { answers } = await measured("ext4-luks", ["read"], "7.3");
  assert.deepEqual(answers.get("read"), [256, "no-nowait"]);
});
