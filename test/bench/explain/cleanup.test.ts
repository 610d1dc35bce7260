import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { timeAndTrace } from "../../../bench/explain/main.js";
import { parseExplainOptions } from "../../../bench/explain/options.js";
import { programsOf, stillLoaded } from "../../support/bpf-programs.js";
import { cannotRun, noPuntCounter, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const skip = noPuntCounter;
const folder = scratchFolder();

const place = ["--dir", folder, "--out", folder, "--trace-only"];
/** A trial of some seconds, so that there is time to end it from outside. */
const slow = [
  ...place,
  ...["--file-size", "256k", "--queue-depths", "1"],
  ...["--preparations", "dd-prefill", "--arms", "inline", "--interval", "100ms"],
];

test("no timed trial is traced: the BPF programs are loaded after the last of them", {
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
  const loadedAt: [string, boolean][] = [];
  const note = (text: string) => {
    loadedAt.push([text, programsOf(process.pid).length > 0]);
  };
  const progress = { step: note, milestone: note, done: () => {} };
  const never = new AbortController().signal;
  await timeAndTrace(parseExplainOptions(raw), async () => [], progress, never);
  const during = (pattern: RegExp) =>
    loadedAt.filter(([text]) => pattern.test(text)).map(([, loaded]) => loaded);
  // keep-size, and dd-prefill to compare with, in two rounds each; then keep-size once more, traced.
  assert.deepEqual(during(/^round \d\/2 {2}trial/), [false, false, false, false]);
  assert.deepEqual(during(/^round 2\/2 done/), [false]);
  assert.deepEqual(during(/^1\/1 traced/), [true]);
  assert.deepEqual(programsOf(process.pid), []);
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

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 130],
  ["SIGKILL", null],
] as const) {
  test(`nothing is left in the kernel after ${signal}`, {
    skip: skip || cannotRun("bpftool", "prog", "list"),
  }, async () => {
    let programs: string[] = [];
    const outcome = await puntbench(["explain", ...slow], {
      onStderr: (text, kill, pid) => {
        if (!text.includes("traced trials") || programs.length > 0) return;
        programs = programsOf(pid);
        kill(signal);
      },
    });
    assert.equal(outcome.code, code, outcome.stderr);
    assert.ok(programs.length > 3, `${programs.length} programs were loaded`);
    for (let tries = 0; tries < 50 && stillLoaded(programs).length > 0; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.deepEqual(stillLoaded(programs), []);
  });
}
