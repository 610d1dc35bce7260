import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { findProgram } from "../../../terminal/find-program.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { SHARES_FILE } from "../../support/fio-share.js";
import { skip as noLab } from "../../support/guest.js";
import { suiteInGuest } from "../../support/guest-suite.js";
import { scratchFolder } from "../../support/kernel.js";
import { recordProgram } from "../../support/recording.js";
import { tryToWatch } from "../../support/watching.js";

const JOBS = ["grows", "keep-size", "posix-random", "overwrite-random", "mixed"];
const RECORDINGS = join(packageRoot(), "dist", "test", "recordings");
const folder = scratchFolder();
const { watch, skip: noWatch } = tryToWatch();
watch?.close();
const missing = ["fio", "perf"].filter((name) => findProgram(name) === null);
const skip =
  noLab ||
  noWatch ||
  (missing.length > 0 ? `SKIPPED, needs ${missing.join(", ")}: ./scripts/bootstrap --dev` : false);
const recordings: string[] = [];

before(async () => {
  if (skip) return;
  mkdirSync(RECORDINGS);
  for (const job of JOBS) {
    const place = [`--section=${job}`, `--directory=${folder}`];
    const recorded = await recordProgram(RECORDINGS, job, ["fio", ...place, SHARES_FILE]);
    assert.equal(recorded.outcome.code, 0, recorded.outcome.stderr);
    recordings.push(relative(packageRoot(), recorded.output));
  }
});
after(() => rmSync(RECORDINGS, { recursive: true, force: true }));

for (const kernel of (process.env.PUNTBENCH_LAB_KERNELS ?? "6.1,7.2").split(",")) {
  test(`${kernel}: a replay of each fio job punts as fio itself does there, within 2 points`, {
    skip,
  }, async (t) => {
    const passed = await suiteInGuest(t, {
      kernel,
      files: ["bench/replay/fio-replays"],
      extraFiles: recordings,
      programs: ["fio", "perf"],
      totalMs: 900_000,
    });
    assert.equal(passed, JOBS.length);
  });
}
