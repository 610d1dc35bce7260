import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ResultsWriter } from "../../../bench/run/results-writer.js";
import { cannotRun, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { onlyRunBelow, trialsIn } from "../../support/results.js";

const folder = scratchFolder();
const skip = cannotRun("prlimit", "--version");
const SMALL = ["--dir", folder, "-p", "keep-size", "-q", "1", "--file-size", "32k", "-r", "40"];

test("where the results file cannot grow, whole lines are kept, counted, and the cause is named", {
  skip,
}, async () => {
  const out = join(folder, "limited");
  // The kernel writes up to the limit, then answers EFBIG. It acts like a disk that becomes full.
  const { code, stderr } = await puntbench(["bench", ...SMALL, "--out", out], {
    prefix: ["prlimit", "--fsize=40000"],
  });
  assert.equal(code, 1, stderr);
  assert.doesNotMatch(stderr, /\bat .*\.js:\d+/);
  const lines = onlyRunBelow(out);
  const kept = trialsIn(lines).length;
  assert.ok(kept > 0 && kept < 40, String(kept));
  const said = /results cannot be written \(EFBIG\); (\d+) trials? (?:is|are) kept/.exec(stderr);
  assert.equal(Number(said?.[1]), kept, stderr);
  const footer = lines.at(-1);
  if (footer?.type === "footer")
    assert.deepEqual([footer.outcome, footer.trials], ["failed", kept]);
});

test("runs that start at once in a new folder all get their results file", async () => {
  const out = join(folder, "new", "folder");
  const quick = ["bench", ...SMALL.slice(0, -2), "-r", "1", "--kernel-label", "same", "--out", out];
  const ended = await Promise.all([1, 2, 3].map(() => puntbench(quick)));
  for (const { code, stderr } of ended) assert.equal(code, 0, stderr);
  const files = readdirSync(join(out, "same"));
  assert.equal(files.length, 3);
  for (const file of files)
    assert.match(readFileSync(join(out, "same", file), "utf8"), /"complete"/);
});

test("a symbolic link in the place of the label's folder is not followed", () => {
  const outside = join(folder, "outside");
  mkdirSync(outside);
  const out = join(folder, "linked");
  mkdirSync(out);
  symlinkSync(outside, join(out, "6.12"));
  assert.throws(() => new ResultsWriter(out, "6.12", "run"), /written there \((ENOTDIR|ELOOP)\)/);
  assert.deepEqual(readdirSync(outside), []);
});
