import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Footer, Header } from "../../../results/schema.js";
import { noPuntCounter, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { linesOf, onlyRunBelow, trialsIn } from "../../support/results.js";
import { assertPuntRatio, rulesSay } from "../../support/rules.js";

const folder = scratchFolder();
const out = join(folder, "results");

test("--quick --json finds the punts that the rules expect on this kernel and filesystem", {
  skip: noPuntCounter,
}, async () => {
  const { code, stdout, stderr } = await puntbench(
    ["bench", "--quick", "--json", "--dir", folder, "--out", out, "--kernel-label", "a b/<c> 🐧"],
    {},
  );
  assert.equal(code, 0, stderr);
  const printed = JSON.parse(stdout);
  assert.equal(printed.kernelLabel, "a b/<c> 🐧");
  assert.equal(printed.scenarios.length, 18);
  for (const scenario of printed.scenarios) {
    const name = `${scenario.preparation} ${scenario.arm} ${scenario.queueDepth}`;
    const punts = scenario.arm === "forced" || rulesSay(folder, scenario.preparation);
    assertPuntRatio(scenario.puntRatio, punts, name);
    assert.equal(scenario.trials, 3, name);
    assert.ok(scenario.iops > 0 && scenario.latencyNsP99 >= scenario.latencyNsP50, name);
    // Workers cost CPU time where every write punts, and nothing where none does.
    if (punts === true || punts === false) {
      assert.equal(scenario.cpuNsPerWrite.ioWq > 0, punts, name);
    }
  }

  const lines = linesOf(printed.resultsFile);
  const header = lines[0] as Header;
  const trials = trialsIn(lines);
  const footer = lines.at(-1) as Footer;
  assert.equal(header.instrumentChecks?.nopPuntRatio, 0);
  assert.equal(header.instrumentChecks?.forcedPuntRatio, 1);
  assert.equal(trials.length, 54);
  assert.ok(trials.every((trial) => trial.status === "ok"));
  assert.deepEqual([footer.outcome, footer.trials], ["complete", 54]);
  // Every round holds every scenario once, and the rounds differ in order.
  const orders = [0, 1, 2].map((round) =>
    trials.filter((trial) => trial.round === round).map((trial) => JSON.stringify(trial.scenario)),
  );
  for (const order of orders) assert.equal(new Set(order).size, 18);
  assert.notDeepEqual(orders[0], orders[1]);
  assert.deepEqual(readdirSync(folder), ["results"]);
});

test("Ctrl-C ends the run with 130, removes the scratch directory and marks the file as incomplete", async () => {
  const where = join(out, "interrupted");
  let sent = false;
  const { code, stderr } = await puntbench(
    ["bench", "--dir", folder, "--out", where, "--rounds", "1000", "--preparations", "dd-prefill"],
    {
      onStderr: (text, kill) => {
        if (sent || !text.includes("round 1/1000 done")) return;
        sent = true;
        kill("SIGINT");
      },
    },
  );
  assert.equal(code, 130);
  assert.match(stderr, /puntbench: interrupted \(SIGINT\)/);
  assert.doesNotMatch(stderr, /\bat .*\.js:\d+/);
  assert.deepEqual(readdirSync(folder), ["results"]);
  const lines = onlyRunBelow(where);
  assert.equal((lines.at(-1) as Footer).outcome, "interrupted");
  // The first round was done: dd-prefill inline at three depths, and forced.
  const done = trialsIn(lines).filter(({ round, status }) => round === 0 && status === "ok");
  assert.equal(done.length, 6);
});
