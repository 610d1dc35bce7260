import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { GUEST } from "../../../bench/lab/image/job.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { inGuest, kernelOf, skip } from "../../support/guest.js";

/**
 * The tests that ask the kernel, and the rules. The analysis asks no kernel, and wrong options are refused alike
 * by all of them. Whole runs of the bench take minutes in an emulated guest; `reproduce` is tested with them.
 */
const SUITE = [
  "native/pace-and-cancel",
  "native/punts",
  "native/writes",
  "bench/run/predicted-punts",
  "bench/probe/verdict",
  "bench/probe/probe",
  "bench/rules/predict",
  "bench/rules/observed",
  "bench/inspect/inspect",
  "bench/inspect/regions",
  "bench/doctor/diagnose",
  "bench/doctor/doctor",
];

/** Programs of this machine that can do more than those of busybox. */
const PROGRAMS = ["dd", "fallocate", "setpriv", "unshare"];

/** A copy on the guest's disk: the package itself lies in memory there, which cannot do O_DIRECT. */
const COPY = `${GUEST.scratch}/puntbench`;

/** The compiled tests, relative to the checkout. */
function testFiles(): string[] {
  const below = readdirSync(join(packageRoot(), "dist", "test"), {
    recursive: true,
    encoding: "utf8",
  });
  return below.filter((path) => path.endsWith(".js")).map((path) => join("dist", "test", path));
}

/** JavaScript that copies the package and ends as node does with the tests of the copy. */
function suiteScript(): string {
  const files = SUITE.map((name) => `${COPY}/dist/test/${name}.test.js`);
  const reporter = ["--test-reporter=tap", "--test-reporter-destination=stderr"];
  const args = [...reporter, `${COPY}/dist/test/support/run-files.js`, ...files];
  return `require("fs").cpSync("${GUEST.puntbench}", "${COPY}", { recursive: true, dereference: true });
    require("child_process").spawnSync(process.execPath, ${JSON.stringify(args)}, { stdio: "inherit" });`;
}

for (const version of ["6.1", "7.2"]) {
  test(`the suite passes on Linux ${version}, and what cannot run there is skipped by name`, {
    skip,
  }, async (context) => {
    const report: string[] = [];
    await inGuest({
      kernel: await kernelOf(version),
      settings: { guestPrograms: PROGRAMS, cpus: 2 },
      limits: { totalMs: 480_000 },
      command: ["-e", suiteScript()],
      extraFiles: testFiles(),
      watcher: { onLog: (line) => report.push(line) },
    }).catch((error: Error) => assert.fail(`${error.message}\n${report.join("\n")}`));
    const results = report.filter((line) => /^(not )?ok \d+ - /.test(line));
    const skipped = results.filter((line) => line.includes("# SKIP"));
    for (const line of skipped) context.diagnostic(line);
    const failed = results.filter((line) => line.startsWith("not ok"));
    assert.deepEqual(failed, [], report.join("\n"));
    assert.ok(results.length - skipped.length > 120, `${results.length} tests`);
    // The plan comes last: without it the run was cut off.
    assert.ok(report.includes(`1..${results.length}`), report.slice(-20).join("\n"));
  });
}
