import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Recorder } from "../../../bench/explain/recorder.js";
import { findOurs } from "../../../bench/explain/tracing/leftovers.js";
import { openTracefs } from "../../../bench/explain/tracing/tracefs.js";
import { driver, noPuntCounter, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const skip = noPuntCounter;
const folder = scratchFolder();
const anyProcess = () => true;
const left = () => findOurs(openTracefs(driver), anyProcess);
const NOTHING = { instances: [], probes: [] };

const place = ["--dir", folder, "--out", folder, "--trace-only"];
const quick = [...place, "--file-size", "256k", "--queue-depths", "1"];
/** A trial of some seconds, so that there is time to end it from outside. */
const slow = [...quick, "--preparations", "dd-prefill", "--arms", "inline", "--interval", "100ms"];

test("after explain no trace buffer and no probe is left", { skip }, async () => {
  const { code, stderr } = await puntbench(["explain", ...quick, "--json"]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(left(), NOTHING);
});

test("no timed trial is traced: buffers are made when the last of them has ended", {
  skip,
}, async () => {
  const options = ["-p", "keep-size", "-q", "1", "-r", "2", "--file-size", "256k", "--json"];
  const seen: number[] = [];
  const { code, stdout, stderr } = await puntbench(
    ["explain", "--dir", folder, "--out", folder, ...options],
    {
      onStderr: (text) => {
        if (text.includes("instrument checked") && !text.includes("traced trials")) {
          seen.push(left().instances.length);
        }
      },
    },
  );
  assert.equal(code, 0, stderr);
  assert.ok(seen.length >= 2, stderr);
  assert.ok(seen.every((instances) => instances === 0));
  const { resultsFile, savings } = JSON.parse(stdout);
  const types = readFileSync(resultsFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).type);
  // keep-size, and dd-prefill to compare with, in two rounds each.
  assert.deepEqual(types, ["header", ...Array(4).fill("trial"), "explanation", "footer"]);
  assert.match(savings[0].words, /^CPU per write × .+, IOPS × .+, 2 trials$/);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`nothing is left after ${signal} either`, { skip }, async () => {
    let tracing = 0;
    const outcome = await puntbench(["explain", ...slow], {
      onStderr: (text, kill) => {
        if (!text.includes("traced trials") || tracing > 0) return;
        tracing = left().instances.length;
        kill(signal);
      },
    });
    assert.equal(outcome.code, 130, outcome.stderr);
    assert.equal(tracing, 2);
    assert.deepEqual(left(), NOTHING);
  });
}

test("what SIGKILL leaves, the next run removes", { skip }, async () => {
  await puntbench(["explain", ...slow], {
    onStderr: (text, kill) => text.includes("traced trials") && kill("SIGKILL"),
  });
  assert.equal(left().instances.length, 2);
  const { code, stderr } = await puntbench(["explain", ...quick, "--json"]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(left(), NOTHING);
});

test("a run leaves the buffers of another that is alive alone", { skip }, async () => {
  const recorder = await Recorder.open(driver, "auto", () => {}, new AbortController().signal);
  try {
    const { code } = await puntbench(["explain", ...quick, "--json"]);
    assert.equal(code, 0);
    assert.equal(left().instances.length, 2);
  } finally {
    recorder.remove();
  }
  assert.deepEqual(left(), NOTHING);
});
