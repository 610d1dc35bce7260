import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { atlasIndex } from "../../../analysis/atlas/build-index.js";
import {
  findingsOf,
  findingWords,
  unchangedSteps,
  unchangedWords,
} from "../../../analysis/atlas/findings.js";
import { findingsMarkdown } from "../../../analysis/atlas/print-findings.js";
import { loadAtlas, packagedAtlas } from "../../../results/atlas/files.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { atlasFile, cell } from "./fixture-atlas.js";

const old = [cell("fallocate-0", 256, "unwritten"), cell("zero-range", 256, "unwritten")];
const young = [cell("fallocate-0", 0), cell("zero-range", 0)];
const index = atlasIndex([
  atlasFile("6.1", "ext4", old),
  atlasFile("6.12", "ext4", young),
  atlasFile("6.1", "ext4-lazytime", old),
  atlasFile("6.12", "ext4-lazytime", young),
  atlasFile("6.1", "ext4-luks", young),
  atlasFile("6.12", "ext4-luks", old),
]);

test("requests that changed alike for one cause are one finding, and a place that shows what the plain one shows is none", () => {
  assert.deepEqual(
    findingsOf(index).map((finding) => findingWords(index, finding)),
    [
      "ext4, Linux 6.1 → 6.12: 2 kinds of requests are better. Up to 6.1 every request punts, because the blocks are unwritten extents; from 6.12 on no request punts.",
      "ext4 on dm-crypt (LUKS), Linux 6.1 → 6.12: 2 kinds of requests are worse. Up to 6.1 no request punts; from 6.12 on every request punts, because the blocks are unwritten extents.",
    ],
  );
});

test("each finding has its counts, its evidence and a command, and text from the data is no Markdown", () => {
  const text = findingsMarkdown(index);
  assert.match(text, /^1\. \*\*ext4, Linux 6\.1/m);
  assert.match(
    text,
    /fallocate-0: 256 of 256 punted on 6\.1, 0 of 256 punted on 6\.12; seen &lt;so/,
  );
  assert.match(text, /Repeat: `puntbench lab --kernels 6\.1,6\.12 --filesystems ext4 --explain/);
});

test("where the traced run had other punts, both are given; what cannot be traced is said to be so", () => {
  const traced = { requests: 256, punts: 1 };
  const crossing = cell("overwrite-unaligned", 0, "crosses-extents", { traced });
  const changed = atlasIndex([
    atlasFile("6.1", "ext4", [
      cell("overwrite-unaligned", 256, "unaligned"),
      cell("two-rings-first-write", 256, null, { traced: null }),
    ]),
    atlasFile("6.12", "ext4", [crossing, cell("two-rings-first-write", 0, null, { traced: null })]),
  ]);
  const text = findingsMarkdown(changed);
  assert.match(text, /256 of 256 punted on 6\.1, 0 of 256 punted on 6\.12 \(traced: 1\)/);
  assert.match(text, /every request punts \(such requests cannot be traced\); from 6\.12 on no/);
});

test("of two kernels between which nothing changed it is said how much was compared, and what was not measured is not", () => {
  const lacking = [
    cell("fallocate-0", 0),
    cell("zero-range", 0, null, { counted: null, traced: null }),
  ];
  const steps = atlasIndex([
    atlasFile("6.1", "ext4", old),
    atlasFile("6.12", "ext4", young),
    atlasFile("6.16", "ext4", lacking),
    atlasFile("6.17", "xfs", young),
  ]);
  assert.deepEqual(
    unchangedSteps(steps, findingsOf(steps)).map((step) => unchangedWords(steps, step)),
    [
      "Linux 6.12 → 6.16: 1 answer compared, none changed",
      "Linux 6.16 → 6.17: no answer can be compared",
    ],
  );
  assert.match(findingsMarkdown(steps), /^Linux 6\.16 → 6\.17: no answer can be compared\.$/m);
});

test("a single request that punts on one of two kernels is no finding", () => {
  const single = atlasIndex([
    atlasFile("6.1", "ext4", [cell("read", 1, "unknown")]),
    atlasFile("6.12", "ext4", [cell("read", 0)]),
  ]);
  assert.deepEqual(findingsOf(single), []);
});

test("FINDINGS.md is what the data and this code make", () => {
  const text = findingsMarkdown(atlasIndex(loadAtlas(packagedAtlas()).files));
  const file = readFileSync(join(packageRoot(), "results", "atlas", "FINDINGS.md"), "utf8");
  const remedy = "run: puntbench atlas --changes --markdown > results/atlas/FINDINGS.md";
  assert.ok(file === text, remedy);
});
