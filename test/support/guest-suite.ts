import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { GUEST } from "../../bench/lab/image/job.js";
import type { GuestSettings } from "../../bench/lab/session/settings.js";
import { packageRoot } from "../../terminal/package-root.js";
import { inGuest, kernelOf } from "./guest.js";

/** Test files to run in a guest. */
export interface GuestSuite {
  kernel: string;
  /** Below test/, without .test.ts. */
  files: readonly string[];
  /** Programs of this machine that the guest needs beside busybox. */
  programs: readonly string[];
  /** Beside the tests, relative to the checkout. */
  extraFiles?: readonly string[];
  /** Of the guest, where it is not a usual one. */
  settings?: Partial<GuestSettings>;
  totalMs: number;
}

/** A copy on the guest's disk: the package itself lies in memory there, which cannot do O_DIRECT. */
const COPY = `${GUEST.scratch}/puntbench`;

/** Runs test files in a guest. Fails unless all tests passed or were skipped; returns how many passed. */
export async function suiteInGuest(context: TestContext, suite: GuestSuite): Promise<number> {
  const report: string[] = [];
  await inGuest({
    kernel: await kernelOf(suite.kernel),
    settings: { guestPrograms: suite.programs, cpus: 2, ...suite.settings },
    limits: { totalMs: suite.totalMs },
    command: ["-e", script(suite.files)],
    extraFiles: [...testFiles(), ...(suite.extraFiles ?? [])],
    watcher: { onLog: (line) => report.push(line) },
  }).catch((error: Error) => assert.fail(`${error.message}\n${report.join("\n")}`));
  const results = report.filter((line) => /^(not )?ok \d+ - /.test(line));
  const skipped = results.filter((line) => line.includes("# SKIP"));
  for (const line of skipped) context.diagnostic(line);
  for (const line of report) {
    if (/^# (?!Subtest|tests|suites|pass|fail|cancelled|skipped|todo|duration)/.test(line)) {
      context.diagnostic(line.slice(2));
    }
  }
  const failed = results.filter((line) => line.startsWith("not ok"));
  assert.deepEqual(failed, [], report.join("\n"));
  // The plan comes last: without it the run was cut off.
  assert.ok(report.includes(`1..${results.length}`), report.slice(-20).join("\n"));
  return results.length - skipped.length;
}

/** The compiled tests and the table that one of them reads, relative to the checkout. */
export function testFiles(): string[] {
  const below = readdirSync(join(packageRoot(), "dist", "test"), {
    recursive: true,
    encoding: "utf8",
  });
  const tests = below.filter((path) => path.endsWith(".js"));
  const read = ["bench/explain/observable-causes.md", "test/bench/fio/shares.fio"];
  return [...read, ...tests.map((path) => join("dist", "test", path))];
}

/** JavaScript that copies the package and ends as node does with the tests of the copy. */
function script(names: readonly string[]): string {
  const files = names.map((name) => `${COPY}/dist/test/${name}.test.js`);
  const reporter = ["--test-reporter=tap", "--test-reporter-destination=stderr"];
  const args = [...reporter, `${COPY}/dist/test/support/run-files.js`, ...files];
  return `require("fs").cpSync("${GUEST.puntbench}", "${COPY}", { recursive: true, dereference: true });
    require("child_process").spawnSync(process.execPath, ${JSON.stringify(args)}, { stdio: "inherit" });`;
}
