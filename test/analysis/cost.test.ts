import assert from "node:assert/strict";
import { test } from "node:test";
import { Cells } from "../../analysis/cells/cells.js";
import type { Run } from "../../analysis/cells/run.js";
import { costBreakdowns, lostIops } from "../../analysis/estimates/cost-breakdown.js";
import { prefillBreakEvens } from "../../analysis/estimates/prefill.js";
import { type FixtureRun, fixtureHeader, fixtureLines } from "./fixture.js";

function cellsOf(options: Partial<FixtureRun>) {
  const cells = new Cells();
  const all = { kernelLabel: "6.1", noise: 0.002, unwrittenPunts: true, ...options };
  const run = { header: fixtureHeader(all) } as Run;
  for (const line of fixtureLines(all)) if (line.type === "trial") cells.add(line, run);
  return cells.list();
}

const ALL_ARMS = ["inline", "unbatched", "own-files", "forced", "forced-own-files"] as const;

/**
 * The fixture charges 3 µs without batches, 11 µs for a punt into written blocks, 1 µs for a refused attempt, and of the
 * filesystem's constant 0.6 without contention, 0.9 with it.
 */
function about(actual: number | undefined, expectedUs: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual / 1000 - expectedUs) < 0.4,
    `${actual} ns is not about ${expectedUs} µs`,
  );
}

function partsOf(options: Partial<FixtureRun>, preparation: string, queueDepth = 8) {
  const found = costBreakdowns(cellsOf(options), ["cpuNs"]).find(
    (cost) => cost.preparation === preparation && cost.queueDepth === queueDepth,
  );
  assert.ok(found);
  return found;
}

test("with every arm the CPU cost of a punt is separated into its parts, and they add up", () => {
  const found = partsOf({ arms: ALL_ARMS }, "no-fallocate");
  const expected: [string, number][] = [
    ["lost batching and wake-ups", 3],
    ["hand-off", 8],
    ["allocation, conversion and size change", 34 * 0.6],
    ["refused attempt", 1],
    ["lock contention", 34 * 0.3 - 1],
  ];
  assert.deepEqual(
    found.parts.map(({ name }) => name),
    expected.map(([name]) => name),
  );
  for (const [index, [, us]] of expected.entries()) about(found.parts[index]?.value.point, us);
  assert.equal(
    found.parts[1]?.from,
    "dd-prefill (forced) at depth 8 − dd-prefill (unbatched) at depth 8",
  );
  const sum = found.parts.reduce((all, { value }) => all + value.point, found.base.point);
  assert.ok(found.total.lower <= sum && sum <= found.total.upper, `${sum}`);
  for (const { value, uncertain } of found.parts) {
    assert.ok(value.lower < value.point && value.point < value.upper && !uncertain);
    assert.equal(value.trials, 5);
  }
});

test("keep-size is separated further, into conversion and size change", () => {
  const { parts } = partsOf({ arms: ALL_ARMS }, "keep-size");
  assert.deepEqual(
    parts.slice(2, 4).map(({ name }) => name),
    ["unwritten conversion", "size change"],
  );
  about(parts[2]?.value.point, 12 * 0.6);
  about(parts[3]?.value.point, 18 * 0.6);
});

test("at depth 1 there is neither a batch nor contention", () => {
  const { parts } = partsOf({ arms: ALL_ARMS }, "no-fallocate", 1);
  assert.deepEqual(
    parts.map(({ name }) => name),
    ["hand-off", "allocation, conversion and size change", "refused attempt"],
  );
});

test("parts whose control arm was not measured are named together", () => {
  const { parts } = partsOf({ arms: ["inline", "forced"] }, "no-fallocate");
  assert.deepEqual(
    parts.map(({ name }) => name),
    [
      "lost batching and wake-ups, hand-off",
      "allocation, conversion and size change, refused attempt, lock contention",
    ],
  );
  assert.match(parts[0]?.assumption ?? "", /not told apart/);
});

test("forced trials with more workers than natural punts may have separate nothing", () => {
  const cells = cellsOf({ arms: ["inline", "forced"] });
  for (const { scenario, values } of cells) {
    if (scenario.arm === "forced") values.workersPeakOfLimit.fill(33 / 8);
  }
  const [found] = costBreakdowns(cells, ["cpuNs"]);
  assert.equal(found?.parts.length, 1);
});

test("psync, which no part uses, checks the filesystem's work, at every depth", () => {
  const arms = [...ALL_ARMS, "psync" as const];
  // The fixture charges the submitter 0.6 of the filesystem's constant: what a worker pays without contention.
  for (const queueDepth of [1, 8]) {
    const { check } = partsOf({ arms }, "no-fallocate", queueDepth);
    assert.ok(check);
    about(check.byPsync.point, 34 * 0.6);
    const [low, high] = [check.difference.lower, check.difference.upper];
    assert.equal(check.agrees, low <= 0 && 0 <= high);
  }
  assert.ok(partsOf({ arms }, "no-fallocate").check?.agrees);
  assert.equal(partsOf({ arms: ALL_ARMS }, "no-fallocate").check, null);
});

test("work by psync that is not the work of the parts is said not to agree", () => {
  const cells = cellsOf({ arms: [...ALL_ARMS, "psync"] });
  for (const { scenario, values } of cells) {
    const first = scenario.arm === "psync" && scenario.preparation === "no-fallocate";
    if (!first) continue;
    for (const [trial, value] of values.cpuNs.entries()) values.cpuNs[trial] = value + 9_000;
  }
  const found = costBreakdowns(cells, ["cpuNs"]).find(({ queueDepth }) => queueDepth === 8);
  assert.equal(found?.check?.agrees, false);
});

test("a sum without kernel workers is used for all cells, and named, when one of them lacks them", () => {
  assert.equal(partsOf({ arms: ALL_ARMS }, "no-fallocate").metric, "cpuNs");
  const cells = cellsOf({ arms: ALL_ARMS });
  for (const metric of ["cpuNs", "cpuNsKernelWorkers"] as const) {
    cells[0]?.values[metric].fill(Number.NaN);
  }
  assert.equal(costBreakdowns(cells, ["cpuNs"])[0]?.metric, "cpuNsProcess");
});

test("a preparation that does not punt costs filesystem work, but no hand-off and no contention", () => {
  const found = costBreakdowns(cellsOf({ arms: ALL_ARMS, unwrittenPunts: false })).find(
    (cost) => cost.preparation === "fallocate-0",
  );
  assert.deepEqual(
    found?.parts.map((part) => part.name),
    ["unwritten conversion"],
  );
});

test("lost IOPS of the parts add up to the whole difference", () => {
  const found = costBreakdowns(cellsOf({ arms: ALL_ARMS })).find(
    (cost) => cost.quantity === "wallNs" && cost.queueDepth === 1,
  );
  assert.ok(found);
  const lost = lostIops(found).reduce((sum, part) => sum + part, 0);
  const whole = 1e9 / found.base.point - 1e9 / found.total.point;
  assert.ok(Math.abs(lost / whole - 1) < 0.02, `${lost} ${whole}`);
});

test("a prefill pays for itself when one pass saves more than the prefill takes", () => {
  const found = prefillBreakEvens(cellsOf({})).find(
    (even) => even.preparation === "no-fallocate" && even.queueDepth === 1,
  );
  assert.ok(found);
  // The fixture: 0.9 against 0.002 ns a byte of preparation, 40 µs less for a write.
  assert.ok(Math.abs(found.prefillNsPerGib.point / 1e9 - 0.966) < 0.01);
  about(found.savedNsPerWrite, 40);
  const expected = (0.898 * 2 ** 30) / 40_000;
  assert.ok(Math.abs((found.writesPerGib as number) / expected - 1) < 0.02);
});
