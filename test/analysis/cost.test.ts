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

const ALL_ARMS = ["inline", "forced", "psync", "libaio"] as const;

/** The fixture charges 11 µs for a hand-off, 0.6 of a filesystem constant inline, 0.9 in a worker. */
function about(actual: number | undefined, expectedUs: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual / 1000 - expectedUs) < 0.4,
    `${actual} ns is not about ${expectedUs} µs`,
  );
}

test("with every arm the CPU cost of a punt is separated into the parts that went into it", () => {
  const found = costBreakdowns(cellsOf({ arms: ALL_ARMS })).find(
    (cost) =>
      cost.preparation === "no-fallocate" && cost.queueDepth === 8 && cost.quantity === "cpuNs",
  );
  assert.ok(found);
  const [handOff, work, rest] = found.parts;
  assert.equal(handOff?.name, "hand-off");
  about(handOff?.value.point, 11);
  assert.equal(work?.name, "allocation, conversion and size change");
  about(work?.value.point, 34 * 0.6);
  assert.equal(rest?.name, "serialisation and contention");
  about(rest?.value.point, 34 * 0.3);
  assert.equal(handOff?.from, "dd-prefill (forced) at depth 8 − dd-prefill at depth 8");
  const sum = found.parts.reduce((all, { value }) => all + value.point, found.base.point);
  about(sum, found.total.point / 1000);
  for (const { value, uncertain } of found.parts) {
    assert.ok(value.lower < value.point && value.point < value.upper && !uncertain);
    assert.equal(value.trials, 5);
  }
});

test("keep-size is separated further, into conversion and size change", () => {
  const found = costBreakdowns(cellsOf({ arms: ALL_ARMS })).find(
    (cost) => cost.preparation === "keep-size" && cost.quantity === "cpuNs",
  );
  assert.deepEqual(
    found?.parts.map((part) => part.name),
    ["hand-off", "unwritten conversion", "size change", "serialisation and contention"],
  );
  about(found?.parts[1]?.value.point, 12 * 0.6);
  about(found?.parts[2]?.value.point, 18 * 0.6);
});

test("without a control arm, its part of the cost is added to the rest and named there", () => {
  const withoutForced = costBreakdowns(cellsOf({ arms: ["inline", "psync"] }))[0];
  assert.deepEqual(
    withoutForced?.parts.map((part) => part.name),
    ["allocation, conversion and size change", "hand-off, serialisation and contention"],
  );
  const inlineOnly = costBreakdowns(cellsOf({ arms: ["inline"] }))[0];
  assert.deepEqual(
    inlineOnly?.parts.map((part) => part.name),
    ["hand-off, filesystem work, serialisation and contention"],
  );
  assert.match(inlineOnly?.parts[0]?.assumption ?? "", /not told apart/);
});

test("at depth, latency and time per write do not tell filesystem work from serialisation", () => {
  const costs = costBreakdowns(cellsOf({ arms: ALL_ARMS }));
  for (const quantity of ["latencyNsP50", "wallNs"] as const) {
    const names = (depth: number) =>
      costs
        .find((cost) => cost.quantity === quantity && cost.queueDepth === depth)
        ?.parts.map((part) => part.name);
    assert.equal(names(1)?.length, 3);
    assert.deepEqual(names(8), ["hand-off", "filesystem work, serialisation and contention"]);
  }
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
