import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cell } from "../../analysis/cells/cell.js";
import { Cells } from "../../analysis/cells/cells.js";
import type { Run } from "../../analysis/cells/run.js";
import { changeBetween } from "../../analysis/estimates/change.js";
import { type ChangeVerdict, verdictOf } from "../../analysis/estimates/verdict.js";
import { type Random, seededRandom } from "../../results/seeded-random.js";
import { fixtureHeader, fixtureTrial, normal, scenariosOf } from "./fixture.js";

const THRESHOLD = 0.05;
const COMPARISONS = 4000;
/** 5 %, and twice the standard error of a share that is counted in so many comparisons. */
const FALSE_MAX = 0.05 + 2 * Math.sqrt((0.05 * 0.95) / COMPARISONS);
/** Welch's t is known to exceed its level a little when few values spread very differently. */
const FALSE_MAX_UNEQUAL = 0.06;

/** Draws the logarithm of a trial's speed. */
type Noise = (random: Random) => number;

const gaussian =
  (deviation: number): Noise =>
  (random) =>
    deviation * normal(random);
/** Every tenth trial is hit by something else on the machine. */
const disturbed: Noise = (random) => 0.04 * normal(random) + (random() < 0.1 ? 0.5 * random() : 0);

/** Two cells that share no run, each with `trials` trials on every one of its boots. */
function emptyCells(boots: number, trials: number): [Cell, Cell] {
  return [0, 1].map((side) => {
    const options = { kernelLabel: `k${side}`, preparations: ["dd-prefill"] as const, seed: side };
    const cells = new Cells();
    const run = { header: fixtureHeader(options) } as Run;
    const [scenario] = scenariosOf(options);
    assert.ok(scenario);
    for (let trial = 0; trial < boots * trials; trial += 1) {
      cells.add(fixtureTrial(scenario, trial, 0, options, seededRandom(trial)), run);
    }
    const [cell] = cells.list();
    assert.ok(cell);
    assert.equal(cell.runOf.length, boots * trials, "a trial was not counted");
    cell.bootOfRun = new Map();
    cell.runOf = cell.runOf.map((_, trial) => side * boots + Math.floor(trial / trials));
    return cell;
  }) as [Cell, Cell];
}

/** Shares of verdicts among comparisons. */
type Shares = (...verdicts: ChangeVerdict[]) => number;

function sharesOf(cells: [Cell, Cell], draw: (a: Cell, b: Cell) => void): Shares {
  const [a, b] = cells;
  const counts = new Map<ChangeVerdict, number>();
  for (let comparison = 0; comparison < COMPARISONS; comparison += 1) {
    draw(a, b);
    // The seed of the bootstrap depends on the scenario: vary it as real comparisons would.
    b.scenario = { ...b.scenario, fileSizeBytes: 4096 + comparison };
    const verdict = verdictOf(changeBetween(a, b, "iops"), "iops", THRESHOLD);
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  return (...verdicts) =>
    verdicts.reduce((sum, verdict) => sum + (counts.get(verdict) ?? 0), 0) / COMPARISONS;
}

/** Two scenarios of one run. `drift` is the deviation of what a round's trials share; pairing must remove it. */
function withinRun(rounds: number, noise: Noise, effect: number, drift: number): Shares {
  const random = seededRandom(2026);
  const cells = emptyCells(1, rounds);
  cells[1].runOf = cells[1].runOf.map(() => 0);
  return sharesOf(cells, (a, b) => {
    const shared = a.values.iops.map(() => drift * normal(random));
    a.values.iops = shared.map((log) => 50_000 * Math.exp(log - noise(random)));
    b.values.iops = shared.map((log) => 50_000 * Math.exp(log + effect - noise(random)));
  });
}

interface Boots {
  boots: number;
  /** Deviations of the logarithm from boot to boot, of A and of B. */
  deviations: [number, number];
  noise: Noise;
  effect: number;
}

/** Two kernels, each on several boots of five trials. */
function betweenBoots({ boots, deviations, noise, effect }: Boots): Shares {
  const random = seededRandom(2026);
  const trials = 5;
  return sharesOf(emptyCells(boots, trials), (a, b) => {
    for (const [side, cell] of [a, b].entries()) {
      const ofBoot = Array.from({ length: boots }, () => (deviations[side] ?? 0) * normal(random));
      cell.values.iops = cell.values.iops.map((_, trial) => {
        const boot = ofBoot[Math.floor(trial / trials)] ?? 0;
        return 50_000 * Math.exp(boot + side * effect - noise(random));
      });
    }
  });
}

const DIFFERENT = ["better", "worse", "slightly better", "slightly worse"] as const;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

for (const rounds of [2, 3, 5, 10]) {
  for (const [name, noise] of [
    ["2 % noise", gaussian(0.02)],
    ["4 % noise", gaussian(0.04)],
    ["10 % noise", gaussian(0.1)],
    ["30 % noise", gaussian(0.3)],
    ["disturbed trials", disturbed],
  ] as const) {
    test(`one run, ${rounds} rounds, ${name}: at most 5 % of comparisons of the same find a difference`, (context) => {
      const shares = withinRun(rounds, noise, 0, 0.1);
      context.diagnostic(`false verdicts: ${percent(shares(...DIFFERENT))}`);
      assert.ok(shares(...DIFFERENT) <= FALSE_MAX, String(shares(...DIFFERENT)));
    });
  }
}

for (const boots of [3, 5, 10]) {
  for (const [name, deviations] of [
    ["boots that differ by 12 %", [0.12, 0.12]],
    ["boots that differ by 30 %", [0.3, 0.3]],
    ["boots that differ by 4 % on one side and 30 % on the other", [0.04, 0.3]],
    ["boots that do not differ", [0, 0]],
  ] as [string, [number, number]][]) {
    test(`two kernels, ${boots} boots each, ${name}: not more than the promised share of comparisons of the same find a difference`, (context) => {
      const shares = betweenBoots({ boots, deviations, noise: gaussian(0.04), effect: 0 });
      context.diagnostic(`false verdicts: ${percent(shares(...DIFFERENT))}`);
      const limit = deviations[0] === deviations[1] ? FALSE_MAX : FALSE_MAX_UNEQUAL;
      assert.ok(shares(...DIFFERENT) <= limit, String(shares(...DIFFERENT)));
    });
  }
}

test("one or two boots of each kernel give no verdict, however large the difference is", () => {
  for (const boots of [1, 2]) {
    const shares = betweenBoots({ boots, deviations: [0, 0], noise: gaussian(0.02), effect: 1 });
    assert.equal(shares("not enough data"), 1);
  }
});

for (const effect of [Math.log(1.1), -Math.log(1.1)]) {
  const words = effect > 0 ? "gain" : "loss";
  const verdict = effect > 0 ? "better" : "worse";
  test(`a true ${words} of 10 % is found in at least 80 % of comparisons: one run, 5 rounds, 3 % noise`, (context) => {
    const found = withinRun(5, gaussian(0.03), effect, 0.026)(verdict);
    context.diagnostic(`found: ${percent(found)}`);
    assert.ok(found >= 0.8, String(found));
  });
  test(`a true ${words} of 10 % is found in at least 80 % of comparisons: 5 boots that differ by 3 %`, (context) => {
    const found = betweenBoots({
      boots: 5,
      deviations: [0.03, 0.03],
      noise: gaussian(0.04),
      effect,
    })(verdict);
    context.diagnostic(`found: ${percent(found)}`);
    assert.ok(found >= 0.8, String(found));
  });
}

test("a true loss of 3 % that is proven is called slightly worse, not the same", (context) => {
  const shares = withinRun(10, gaussian(0.005), -Math.log(1.03), 0.026);
  context.diagnostic(`slightly worse: ${percent(shares("slightly worse"))}`);
  assert.ok(shares("slightly worse") >= 0.95, String(shares("slightly worse")));
});
