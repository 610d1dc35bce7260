import assert from "node:assert/strict";
import { test } from "node:test";
import { ratioOf } from "../../../bench/run/predicted-punts.js";
import type { Scenario } from "../../../results/schema.js";
import { cannotRun, isRoot, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { onlyRunBelow, trialsIn } from "../../support/results.js";
import { rulesSay } from "../../support/rules.js";

const scenario: Scenario = {
  preparation: "dd-prefill",
  arm: "inline",
  queueDepth: 1,
  blockSizeBytes: 4096,
  fileSizeBytes: 1 << 20,
  order: "sequential",
  intervalNs: 0,
  registeredBuffers: false,
};

test("a prediction is 0 or 1, and null where the probe's answer is neither", () => {
  assert.equal(ratioOf("inline", scenario, 4096), 0);
  assert.equal(ratioOf("punts", scenario, 4096), 1);
  assert.equal(ratioOf("unknown", scenario, 4096), null);
  assert.equal(ratioOf(null, scenario, 4096), null);
  assert.equal(ratioOf("punts", { ...scenario, blockSizeBytes: 512 }, 4096), null);
});

test("a clock tick punts every write of a slow writer, and an unknown part of a fast one's", () => {
  assert.equal(ratioOf("tick", scenario, 4096), null);
  assert.equal(ratioOf("tick", { ...scenario, intervalNs: 10e6 }, 4096), 1);
});

test("controls are not predicted", () => {
  for (const arm of ["forced", "psync", "libaio"] as const) {
    assert.equal(ratioOf("punts", { ...scenario, arm }, 4096), null);
  }
});

/** Takes from root the capabilities that tracefs and perf ask for. */
const WITHOUT_TRACING: [string, ...string[]] = [
  "setpriv",
  "--bounding-set",
  "-sys_admin,-perfmon,-sys_ptrace",
];

test("a run that cannot count punts stores the prediction beside null, and shows it as such", {
  skip: isRoot && cannotRun(...WITHOUT_TRACING, "true"),
}, async () => {
  const folder = scratchFolder();
  const args = ["bench", "--quick", "--rounds", "1", "--queue-depths", "1", "--file-size", "256k"];
  const outcome = await puntbench(
    [...args, "--preparations", "no-fallocate,dd-prefill", "--dir", folder, "--out", folder],
    { prefix: isRoot ? WITHOUT_TRACING : [] },
  );
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.match(outcome.stdout, /punted +predicted/);
  const trials = trialsIn(onlyRunBelow(folder));
  assert.equal(trials.length, 3);
  assert.ok(trials.every(({ measurement }) => measurement?.puntCount === null));
  const predicted = (preparation: string, arm: string) =>
    trials.find((trial) => trial.scenario.preparation === preparation && trial.scenario.arm === arm)
      ?.predictedPuntRatio;
  for (const preparation of ["no-fallocate", "dd-prefill"] as const) {
    const punts = rulesSay(folder, preparation);
    // The prediction is the kernel's own answer; back to back, a clock tick and an unknown rule give none.
    if (punts === true || punts === false) {
      assert.equal(predicted(preparation, "inline"), punts ? 1 : 0, preparation);
    }
  }
  assert.equal(predicted("dd-prefill", "forced"), null);
});
