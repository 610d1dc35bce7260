import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExplainReport, ScenarioReport } from "../../../bench/explain/explain.js";
import { skip } from "../../support/guest.js";
import { puntbench } from "../../support/puntbench.js";

/** What the two published sources say of 8 KiB writes on ext4: cause of the punts, null for none. */
const PUBLISHED: Record<string, Record<string, string | null>> = {
  "6.1": {
    "no-fallocate": "extends-size",
    "keep-size": "extends-size",
    "fallocate-0": "unwritten",
    "zero-range": "unwritten",
    "dd-prefill": null,
  },
  "6.12": {
    "no-fallocate": "extends-size",
    "keep-size": "extends-size",
    "fallocate-0": null,
    "zero-range": null,
    "dd-prefill": null,
  },
};

for (const [kernel, expected] of Object.entries(PUBLISHED)) {
  test(`${kernel}: the published table, with its return values`, { skip }, async () => {
    const bench = ["--block-size", "8k", "--file-size", "512k", "-q", "1", "--arms", "inline"];
    const guest = ["--kernels", kernel, "--accelerator", "tcg"];
    const { code, stdout, stderr } = await puntbench([
      "lab",
      ...guest,
      "--explain",
      ...bench,
      "--json",
    ]);
    assert.equal(code, 0, stderr);
    const report: ExplainReport = JSON.parse(stdout);
    assert.equal(report.backend, "kprobes");
    const found = report.scenarios.map((scenario) => [
      scenario.scenario.preparation,
      scenario.causes.map(({ cause }) => cause).join() || null,
    ]);
    assert.deepEqual(Object.fromEntries(found), expected);
    for (const scenario of report.scenarios) assertReturnValues(scenario);
  });
}

/** The submitter gets -EAGAIN, the worker 8192 or -EIOCBQUEUED; an inline write is queued or already done. */
function assertReturnValues(report: ScenarioReport): void {
  const { preparation } = report.scenario;
  assert.deepEqual(report.disagreements, [], preparation);
  assert.equal(report.lostEvents, 0);
  const worker = Object.keys(report.workerGot);
  const submitter = Object.keys(report.submitterGot);
  const done = ["8192", "-529 (EIOCBQUEUED)"];
  if (report.punts > 0) {
    assert.equal(report.punts, 64);
    assert.deepEqual(submitter, ["-11 (EAGAIN)"]);
    const extends_ = report.causes[0]?.cause === "extends-size";
    assert.ok(worker.every((got) => (extends_ ? got === "8192" : done.includes(got))));
  } else {
    assert.deepEqual(worker, []);
    assert.ok(
      submitter.every((got) => done.includes(got)),
      submitter.join(),
    );
  }
}
