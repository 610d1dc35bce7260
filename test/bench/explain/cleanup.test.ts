import assert from "node:assert/strict";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { timeAndTrace } from "../../../bench/explain/main.js";
import { parseExplainOptions } from "../../../bench/explain/options.js";
import { openTracer } from "../../../bench/explain/tracer.js";
import { findLeftovers, removeAbandoned } from "../../../bench/explain/tracing/leftovers.js";
import { openTracefs } from "../../../bench/explain/tracing/tracefs.js";
import { driver, noPuntCounter, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const skip = noPuntCounter;
const folder = scratchFolder();
/** Trace buffers and probes of one process: other runs on this machine have theirs. */
const leftBy = (pid: number) => findLeftovers(openTracefs(driver), (owner) => owner.pid === pid);
const NOTHING = { instances: [], probes: [] };

const place = ["--dir", folder, "--out", folder, "--trace-only"];
const quick = [...place, "--file-size", "256k", "--queue-depths", "1"];
/** A trial of some seconds, so that there is time to end it from outside. */
const slow = [...quick, "--preparations", "dd-prefill", "--arms", "inline", "--interval", "100ms"];

test("after explain no trace buffer and no probe is left", { skip }, async () => {
  const { pid, code, stderr } = await puntbench(["explain", ...quick, "--json"]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(leftBy(pid), NOTHING);
});

test("no timed trial is traced: trace buffers are made after the last of them", {
  skip,
}, async () => {
  const raw = {
    dir: folder,
    out: folder,
    preparations: "keep-size",
    queueDepths: "1",
    rounds: "2",
    blockSize: "4k",
    fileSize: "256k",
    order: "sequential",
    ring: "best",
    interval: "0",
    trialTimeout: "1m",
  };
  // The run calls it between its trials and waits for it, so that no trial goes on meanwhile.
  const buffersAt: [string, number][] = [];
  const note = (text: string) => {
    buffersAt.push([text, leftBy(process.pid).instances.length]);
  };
  const progress = { step: note, milestone: note, done: () => {} };
  const never = new AbortController().signal;
  await timeAndTrace(parseExplainOptions(raw), async () => [], progress, never);
  const during = (pattern: RegExp) =>
    buffersAt.filter(([text]) => pattern.test(text)).map(([, buffers]) => buffers);
  // keep-size, and dd-prefill to compare with, in two rounds each; then keep-size once more, traced.
  assert.deepEqual(during(/^round \d\/2 {2}trial/), [0, 0, 0, 0]);
  assert.deepEqual(during(/^round 2\/2 done/), [0]);
  assert.deepEqual(during(/^1\/1 traced/), [2]);
});

test("timed trials and explanations stand in one results file, with what a cure saves", {
  skip,
}, async () => {
  const options = ["-p", "keep-size", "-q", "1", "-r", "2", "--file-size", "256k", "--json"];
  const args = ["explain", "--dir", folder, "--out", folder, ...options];
  const { code, stdout, stderr } = await puntbench(args);
  assert.equal(code, 0, stderr);
  const { resultsFile, savings } = JSON.parse(stdout);
  const types = readFileSync(resultsFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).type);
  assert.deepEqual(types, ["header", ...Array(4).fill("trial"), "explanation", "footer"]);
  assert.match(savings[0].words, /^CPU per write × .+, IOPS × .+, 2 trials$/);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`nothing is left after ${signal} either`, { skip }, async () => {
    let tracing = 0;
    const outcome = await puntbench(["explain", ...slow], {
      onStderr: (text, kill, pid) => {
        if (!text.includes("traced trials") || tracing > 0) return;
        tracing = leftBy(pid).instances.length;
        kill(signal);
      },
    });
    assert.equal(outcome.code, 130, outcome.stderr);
    assert.equal(tracing, 2);
    assert.deepEqual(leftBy(outcome.pid), NOTHING);
  });
}

test("the next run removes what a run ended by SIGKILL left behind", { skip }, async () => {
  const { pid } = await puntbench(["explain", ...slow], {
    onStderr: (text, kill) => text.includes("traced trials") && kill("SIGKILL"),
  });
  assert.equal(leftBy(pid).instances.length, 2);
  const { code, stderr } = await puntbench(["explain", ...quick, "--json"]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(leftBy(pid), NOTHING);
});

test("a run does not remove the trace buffers of another live process", { skip }, async () => {
  const { signal } = new AbortController();
  const tracer = await openTracer(driver, { backend: "auto", warn: () => {}, signal });
  try {
    const { code } = await puntbench(["explain", ...quick, "--json"]);
    assert.equal(code, 0);
    assert.equal(leftBy(process.pid).instances.length, 2);
  } finally {
    tracer.remove();
  }
  assert.deepEqual(leftBy(process.pid), NOTHING);
});

test("clean-up goes on after an instance that is in use, names it, and asks no pid", {
  skip,
}, () => {
  const tracefs = openTracefs(driver);
  // Process 1 always lives: a killed run may have had any number.
  const [busy, idle] = ["puntbench-1-busy", "puntbench-1-idle"];
  for (const name of [busy, idle]) mkdirSync(`${tracefs}/instances/${name}`);
  const reader = openSync(`${tracefs}/instances/${busy}/trace_pipe`, "r");
  try {
    assert.throws(() => removeAbandoned(driver, tracefs), /instances\/puntbench-1-busy \(EBUSY\)/);
    assert.deepEqual(leftBy(1).instances, [busy]);
  } finally {
    closeSync(reader);
  }
  removeAbandoned(driver, tracefs);
  assert.deepEqual(leftBy(1), NOTHING);
});
