import assert from "node:assert/strict";
import { test } from "node:test";
import { mountOf } from "../../../bench/environment/mount.js";
import type { CheckReport } from "../../../bench/explain/check.js";
import type { ExplainReport, ScenarioReport } from "../../../bench/explain/explain.js";
import { noPuntCounter, notRoot, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const skip = noPuntCounter;
const folder = scratchFolder();
const { type: filesystem } = mountOf(folder) ?? { type: "unknown" };
/** What extends a file is known on ext4; other filesystems have other causes. */
const needsExt4: string | false =
  skip || (filesystem !== "ext4" && `SKIPPED, needs ext4, the checkout is on ${filesystem}`);
const NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
const place = ["--dir", folder, "--out", folder, "--trace-only"];

async function explained(...options: string[]): Promise<ExplainReport> {
  const args = ["explain", ...place, "--file-size", "1M", "--json", ...options];
  const { code, stdout, stderr } = await puntbench(args);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

const causes = ({ causes: found }: ScenarioReport) =>
  Object.fromEntries(found.map(({ cause, punts }) => [cause, punts]));

test("every punt of an extending write gets that cause at any depth, as predicted", {
  skip: needsExt4,
}, async () => {
  const { scenarios } = await explained("-p", "no-fallocate,keep-size", "-q", "1,8");
  assert.equal(scenarios.length, 4);
  for (const report of scenarios) {
    assert.equal(report.punts, 256);
    assert.deepEqual(causes(report), { "extends-size": 256 });
    assert.deepEqual(report.disagreements, []);
    assert.equal(report.lostEvents, 0);
    assert.ok(report.causes[0]?.stack?.includes("io_queue_iowq"));
    assert.match(report.causes[0]?.curedBy ?? "", /fallocate/);
  }
});

test("writes in random order extend the file or hit a hole, as the rules predict for each", {
  skip: needsExt4,
}, async () => {
  const { scenarios } = await explained(
    "-p",
    "no-fallocate",
    "-q",
    "1",
    "--order",
    "random",
    "--seed",
    "1",
  );
  const [report] = scenarios as [ScenarioReport];
  assert.deepEqual(report.disagreements, []);
  assert.equal(report.punts, 256);
  const found = causes(report);
  const expected = report.predicted.map(({ cause, writes }) => [cause, writes]);
  assert.deepEqual(found, Object.fromEntries(expected));
  assert.ok((found.hole ?? 0) > 200, JSON.stringify(found));
});

test("forced writes and refused writes get different causes", { skip }, async () => {
  const { scenarios } = await explained("-p", "dd-prefill", "-q", "8");
  const [inline, forced] = scenarios as [ScenarioReport, ScenarioReport];
  assert.deepEqual(causes(forced), { forced: 256 });
  assert.deepEqual(forced.submitterGot, { "no attempt": 256 });
  assert.equal(inline.issuedInline + inline.punts, 256);
  assert.deepEqual(inline.disagreements, []);
});

test("the table and the paragraph name cause, evidence and remedy", {
  skip: needsExt4,
}, async () => {
  const args = ["explain", ...place, "--file-size", "64k", "-p", "keep-size", "-q", "1"];
  const { stdout } = await puntbench([...args, "--raw"]);
  if (stdout.includes("BPF on static tracepoints")) {
    assert.match(stdout, /Not visible this way: what the filesystem returned/);
  }
  assert.match(stdout, /keep-size at depth 1 +16 +16 +extends-size 16 +extends-size 16/);
  assert.match(stdout, /all 16 writes punted because the write extends the file/);
  assert.match(stdout, /Seen \(extends-size\): it ends at 4096, i_size is 0/);
  assert.match(stdout, /Cure: a size that covers the write before it/);
  assert.match(stdout, /^\d+\.\d+ 0x[0-9a-f]+ io_uring_queue_async_work flags=\d+/m);
});

test("no injected cause is given a wrong name", { skip }, async () => {
  const { code, stdout, stderr } = await puntbench([
    "explain",
    "--dir",
    folder,
    "--check",
    "--json",
  ]);
  assert.equal(code, 0, stderr);
  const { plants } = JSON.parse(stdout) as CheckReport;
  assert.ok(plants.length > 0);
  for (const { plant, wrong, outcome } of plants) {
    assert.deepEqual(wrong, {}, plant);
    assert.ok(["named", "unknown", "skipped"].includes(outcome), `${plant}: ${outcome}`);
  }
  assert.equal(plants.find(({ plant }) => plant === "forced request")?.outcome, "named");
});

test("controls that do not use io_uring cannot be explained", async () => {
  const { code, stderr } = await puntbench(["explain", "--dir", folder, "--arms", "psync"]);
  assert.equal(code, 2);
  assert.match(stderr, /none of their writes can punt/);
});

test("a user who may not trace is told what to do", { skip: notRoot }, async () => {
  const { code, stderr } = await puntbench(["explain", "--dir", folder], { prefix: NOBODY });
  assert.equal(code, 1, stderr);
  assert.match(stderr, /the BPF programs cannot be loaded.*\n.*Run it as root/s);
});
