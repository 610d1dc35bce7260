import assert from "node:assert/strict";
import { test } from "node:test";
import { Cells } from "../../analysis/cells/cells.js";
import type { Run } from "../../analysis/cells/run.js";
import { costBreakdowns, lostIops } from "../../analysis/estimates/cost-breakdown.js";
import { prefillBreakEvens } from "../../analysis/estimates/prefill.js";
import type { Arm } from "../../results/vocabulary.js";
import { type FixtureRun, fixtureHeader, fixtureLines } from "./fixture.js";

function cellsOf(options: Partial<FixtureRun>) {
  const cells = new Cells();
  const all = { kernelLabel: "6.1", noise: 0.002, unwrittenPunts: true, ...options };
  const run = { header: fixtureHeader(all) } as Run;
  for (const line of fixtureLines(all)) if (line.type === "trial") cells.add(line, run);
  return cells.list();
}

const ALL_ARMS: readonly Arm[] = [
  "inline",
  "unbatched",
  "own-files",
  "forced",
  "forced-own-files",
  "psync",
];

/**
 * The fixture charges 3 µs without batches, 11 µs for a hand-off, 1 µs for a refused attempt, and of the filesystem's
 * constant 0.6 without contention, 0.9 with it. Whoever waits saves the 0.5 µs of a kernel worker.
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
    ["allocation, conversion and size change", 34 * 0.6],
    ["lost batching and wake-ups", 3],
    ["hand-off and blocking wait", 10.5],
    ["refused attempt", 1],
    ["lock contention", 34 * 0.3],
  ];
  assert.deepEqual(
    found.parts.map(({ name }) => name),
    expected.map(([name]) => name),
  );
  for (const [index, [, us]] of expected.entries()) about(found.parts[index]?.value.point, us);
  assert.equal(
    found.parts[2]?.from,
    "no-fallocate (forced-own-files) at depth 8 − dd-prefill (unbatched) at depth 8 − (no-fallocate (psync) at depth 1 − dd-prefill (psync) at depth 1)",
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
    parts.slice(0, 2).map(({ name }) => name),
    ["unwritten conversion", "size change"],
  );
  about(parts[0]?.value.point, 12 * 0.6);
  about(parts[1]?.value.point, 18 * 0.6);
});

test("at depth 1 there is neither a batch nor contention, and the hand-off stands apart from the wait", () => {
  const { parts } = partsOf({ arms: ALL_ARMS }, "no-fallocate", 1);
  const expected: [string, number][] = [
    ["blocking wait", -0.5],
    ["allocation, conversion and size change", 34 * 0.6],
    ["hand-off", 11],
    ["refused attempt", 1],
  ];
  assert.deepEqual(
    parts.map(({ name }) => name),
    expected.map(([name]) => name),
  );
  for (const [index, [, us]] of expected.entries()) about(parts[index]?.value.point, us);
});

test("parts whose control arm was not measured are named together", () => {
  const names = (queueDepth: number) =>
    partsOf({ arms: ["inline", "forced"] }, "no-fallocate", queueDepth).parts.map(
      ({ name }) => name,
    );
  assert.deepEqual(names(1), [
    "hand-off",
    "blocking wait, allocation, conversion and size change",
    "refused attempt",
  ]);
  assert.deepEqual(names(8), ["the rest, not told apart"]);
  const { parts } = partsOf({ arms: ["inline", "forced"] }, "no-fallocate");
  assert.match(parts[0]?.assumption ?? "", /a control arm between them is missing/);
});

test("without psync the filesystem's work is not told from the hand-off", () => {
  const arms = ALL_ARMS.filter((arm) => arm !== "psync");
  const { parts, checks } = partsOf({ arms }, "no-fallocate");
  assert.deepEqual(
    parts.map(({ name }) => name),
    [
      "lost batching and wake-ups",
      "allocation, conversion and size change, hand-off and blocking wait",
      "refused attempt",
      "lock contention",
    ],
  );
  about(parts[1]?.value.point, 34 * 0.6 + 10.5);
  assert.ok(checks.every(({ agrees }) => agrees));
});

test("times of writes that overlap are not taken apart by writes that do not", () => {
  const found = costBreakdowns(cellsOf({ arms: ALL_ARMS }), ["wallNs"]);
  const names = (depth: number) =>
    found
      .find((cost) => cost.preparation === "no-fallocate" && cost.queueDepth === depth)
      ?.parts.map(({ name }) => name);
  assert.ok(
    names(8)?.includes("allocation, conversion and size change, hand-off and blocking wait"),
  );
  assert.ok(names(1)?.includes("hand-off"));
});

test("forced trials with more workers than natural punts may have separate nothing", () => {
  const cells = cellsOf({ arms: ["inline", "forced"] });
  for (const { scenario, values } of cells) {
    if (scenario.arm === "forced") values.workersPeakOfLimit.fill(33 / 8);
  }
  const [found] = costBreakdowns(cells, ["cpuNs"]);
  assert.equal(found?.parts.length, 1);
});

test("what can be measured a second time is, and the sum is then right within its interval", () => {
  const checksAt = (queueDepth: number) =>
    partsOf({ arms: ALL_ARMS }, "no-fallocate", queueDepth).checks;
  const [handOff] = checksAt(1);
  about(handOff?.byParts.point, 11);
  about(handOff?.bySecond.point, 11);
  const [work, contention] = checksAt(8);
  about(work?.byParts.point, 34 * 0.6 + 10.5);
  about(work?.bySecond.point, 34 * 0.6 + 10.5);
  about(contention?.byParts.point, 34 * 0.3);
  about(contention?.bySecond.point, 34 * 0.3);
  for (const { agrees, difference } of [handOff, work, contention].flatMap(
    (found) => found ?? [],
  )) {
    assert.equal(agrees, difference.lower <= 0 && 0 <= difference.upper);
    about(difference.point, 0);
  }
});

test("libaio, where measured, checks the blocking wait", () => {
  const { checks } = partsOf({ arms: [...ALL_ARMS, "libaio"] }, "no-fallocate", 1);
  const found = checks.find(({ name }) => name === "filesystem work and blocking wait");
  about(found?.byParts.point, 34 * 0.6 - 0.5);
  about(found?.bySecond.point, 34 * 0.6 - 0.5);
});

test("what a check speaks against is named together, and not claimed", () => {
  const checked = (arm: Arm, queueDepth: number) => {
    const cells = cellsOf({ arms: ALL_ARMS });
    for (const { scenario, values } of cells) {
      if (scenario.arm !== arm || scenario.preparation !== "no-fallocate") continue;
      for (const [trial, value] of values.cpuNs.entries()) values.cpuNs[trial] = value + 9_000;
    }
    const found = costBreakdowns(cells, ["cpuNs"]).find(
      (cost) => cost.preparation === "no-fallocate" && cost.queueDepth === queueDepth,
    );
    return { names: found?.parts.map(({ name }) => name), checks: found?.checks };
  };
  const handOff = checked("psync", 1);
  assert.equal(handOff.checks?.[0]?.agrees, false);
  assert.equal(handOff.names?.[0], "hand-off");
  const work = checked("forced-own-files", 8);
  assert.ok(
    work.names?.includes("allocation, conversion and size change, hand-off and blocking wait"),
  );
  const contention = checked("own-files", 8);
  assert.ok(contention.names?.includes("refused attempt, lock contention"));
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
