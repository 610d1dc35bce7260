import assert from "node:assert/strict";
import { test } from "node:test";
import { analyse } from "../../../analysis/loading/analysis.js";
import { planFor } from "../../../analysis/plan/plan.js";
import { scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { onlyRunBelow } from "../../support/results.js";

const folder = scratchFolder();

test("a search on the real device brackets its capacity with trials that the results hold, and plan uses them", async () => {
  const { code, stdout } = await puntbench([
    ...["bench", "--dir", folder, "--out", `${folder}/results`, "--json", "--find-capacity"],
    ...["--p99", "50ms", "--duration", "60ms", "--rounds", "2", "-p", "dd-prefill", "-q", "32"],
  ]);
  assert.equal(code, 0);
  const [found] = JSON.parse(stdout).capacities;
  assert.equal(found.failed, null);
  assert.ok(found.closedLoopIops > 0);
  const lines = onlyRunBelow(`${folder}/results`);
  const trials = lines.filter((line) => line.type === "trial");
  const rates = trials.map(({ scenario }) => scenario.intervalNs);
  assert.equal(rates[0], 0, "the closed loop comes first");
  for (const step of [found.holds, found.misses]) {
    if (step === null) continue; // a device may be faster, or this machine busier, than any load that is tried
    const same = rates.filter((intervalNs) => 1e9 / intervalNs === step.rate);
    assert.equal(same.length, step.trials);
    assert.ok(step.trials >= 2);
  }
  for (const { measurement, scenario } of trials.slice(1)) {
    assert.ok(measurement?.issueDelay && measurement.ramp, "lateness and ramp are recorded");
    assert.equal(measurement.writes + measurement.ramp.writes, scenario.fileSizeBytes / 4096);
  }
  if (found.holds === null || found.misses === null) return;
  const plan = planFor(await analyse([`${folder}/results`]), { iops: 1000, latencyNsP99: 50e6 });
  assert.ok((plan.capacities[0]?.best?.intervalNs ?? 0) > 0, "the plan uses a paced load");
});

for (const [what, args] of [
  ["without a target", ["--find-capacity"]],
  ["with a pace", ["--find-capacity", "--p99", "2ms", "--interval", "1ms"]],
  ["with a size", ["--find-capacity", "--p99", "2ms", "--file-size", "1M"]],
] as const) {
  test(`a search ${what} is refused with a remedy`, async () => {
    const { code, stderr } = await puntbench(["bench", "--dir", folder, ...args]);
    assert.equal(code, 2);
    assert.match(stderr, /--find-capacity.*\n {2}\S/);
  });
}
