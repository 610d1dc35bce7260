import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cell } from "../../analysis/cells/cell.js";
import { Cells } from "../../analysis/cells/cells.js";
import type { Run } from "../../analysis/cells/run.js";
import { changeBetween, verdictOf } from "../../analysis/estimates/change.js";
import { type Random, seededRandom } from "../../results/seeded-random.js";
import { fixtureHeader, fixtureTrial, normal, scenariosOf } from "./fixture.js";

const THRESHOLD = 0.05;
const COMPARISONS = 1000;

/** Draws the logarithm of a trial's speed. */
type Noise = (random: Random) => number;

const gaussian =
  (deviation: number): Noise =>
  (random) =>
    deviation * normal(random);
/** Every tenth trial is hit by something else on the machine. */
const disturbed: Noise = (random) => 0.04 * normal(random) + (random() < 0.1 ? 0.5 * random() : 0);

function emptyCells(): [Cell, Cell] {
  return [1, 2].map((seed) => {
    const options = { kernelLabel: `k${seed}`, preparations: ["dd-prefill"] as const, seed };
    const cells = new Cells();
    const header = fixtureHeader(options);
    const run = { header } as Run;
    const [scenario] = scenariosOf(options);
    assert.ok(scenario);
    for (let round = 0; round < 5; round += 1) {
      cells.add(fixtureTrial(scenario, round, 0, options, seededRandom(round)), run);
    }
    return cells.list()[0] as Cell;
  }) as [Cell, Cell];
}

interface Shares {
  different: number;
  found: number;
}

/**
 * Shares of "better or worse" among comparisons whose true ratio is exp(effect). `driftDeviation` is
 * what rounds share; pairing must remove it.
 */
function simulate(noise: Noise, effect: number, paired: boolean, driftDeviation = 0): Shares {
  const random = seededRandom(2026);
  const [a, b] = emptyCells();
  b.runOf = b.runOf.map(() => (paired ? 0 : 1));
  let different = 0;
  let found = 0;
  for (let comparison = 0; comparison < COMPARISONS; comparison += 1) {
    const drift = a.values.iops.map(() => driftDeviation * normal(random));
    a.values.iops = drift.map((shared) => 50_000 * Math.exp(shared - noise(random)));
    b.values.iops = drift.map((shared) => 50_000 * Math.exp(shared + effect - noise(random)));
    // The seed of the bootstrap depends on the scenario: vary it as real comparisons would.
    b.scenario = { ...b.scenario, fileSizeBytes: 4096 + comparison };
    const verdict = verdictOf(changeBetween(a, b, "iops"), "iops", THRESHOLD);
    if (verdict === "better" || verdict === "worse") different += 1;
    if (verdict === (effect > 0 ? "better" : "worse")) found += 1;
  }
  return { different: different / COMPARISONS, found: found / COMPARISONS };
}

for (const paired of [false, true]) {
  const how = paired ? "paired by round" : "between two runs";
  for (const [name, noise] of [
    ["2 % noise", gaussian(0.02)],
    ["4 % noise", gaussian(0.04)],
    ["10 % noise", gaussian(0.1)],
    ["30 % noise", gaussian(0.3)],
    ["disturbed trials", disturbed],
  ] as const) {
    test(`comparing a kernel with itself, ${how}, ${name}: at most 5 % of comparisons find a difference`, (context) => {
      const { different } = simulate(noise, 0, paired, paired ? 0.1 : 0);
      context.diagnostic(`false verdicts: ${(different * 100).toFixed(1)} %`);
      assert.ok(different <= 0.05, `${different}`);
    });
  }
  for (const effect of [Math.log(1.1), -Math.log(1.1)]) {
    const words = effect > 0 ? "gain" : "loss";
    test(`a true ${words} of 10 %, with 5 rounds of 4 % noise, ${how}, is found in at least 80 % of comparisons`, (context) => {
      // Within a run part of the 4 % is drift that all scenarios of a round share: 2.6 %, and 3 % of their own.
      const { found } = paired
        ? simulate(gaussian(0.03), effect, true, 0.026)
        : simulate(gaussian(0.04), effect, false);
      context.diagnostic(`found: ${(found * 100).toFixed(1)} %`);
      assert.ok(found >= 0.8, `${found}`);
    });
  }
}
