import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Estimate } from "../../analysis/estimates/estimate.js";
import { analyse } from "../../analysis/loading/analysis.js";
import { capacityOf, type OperatingPoint } from "../../analysis/plan/capacity.js";
import { planJson } from "../../analysis/plan/json.js";
import { planText } from "../../analysis/plan/output.js";
import { planFor } from "../../analysis/plan/plan.js";
import { parseRate } from "../../analysis/plan/run.js";
import { type FixtureRun, writeFixture } from "./fixture.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-plan-"));
after(() => rmSync(folder, { recursive: true }));

const subject = { id: "x", kernelLabel: "6.1", filesystem: "ext4", emulated: false };

function about(point: number, unit = "ns"): Estimate {
  return {
    point,
    lower: point * 0.95,
    upper: point * 1.05,
    coverage: 0.9375,
    unit,
    trials: 5,
    boots: 1,
  };
}

function point(queueDepth: number, iops: number, p99Us: number, cpuUs: number): OperatingPoint {
  return {
    queueDepth,
    intervalNs: 0,
    iops: about(iops, "1/s"),
    latencyNsP99: about(p99Us * 1000),
    cpuNsSubmitter: about(cpuUs * 1000),
    cpuNsIoWq: about(0),
    cpuNsKernelWorkers: about(0),
    cpuNs: about(cpuUs * 1000),
    cpuNsRest: null,
  };
}

const sweep = [point(1, 20_000, 100, 20), point(8, 60_000, 300, 10), point(32, 90_000, 900, 5)];
const plan = (iops: number, p99Us: number) =>
  capacityOf(subject, "dd-prefill", sweep, { iops, latencyNsP99: p99Us * 1000 });

test("the capacity is the highest measured load within the target, and the number of devices follows from it", () => {
  const found = plan(100_000, 500);
  assert.equal(found.best?.queueDepth, 8);
  assert.equal(found.devices, 2);
  // 50k a device is carried by the point at depth 8: 10 µs a write, 100k writes a second.
  assert.equal(found.cores?.total?.point, 1);
  assert.ok(Math.abs((found.cores?.total?.lower as number) - 0.95) < 1e-9);
  assert.equal(found.cores?.rest, null);
});

test("a load that a lower depth can carry is charged at the cost of that depth", () => {
  assert.equal(plan(15_000, 500).cores?.total?.point, 0.3);
});

test("a target that no measured point meets gives no capacity, and the plan says what to run", () => {
  const found = plan(1000, 50);
  assert.deepEqual([found.best, found.devices, found.cores], [null, null, null]);
  assert.match(found.remarks.join(" "), /bench --find-capacity --p99 50us/);
});

test("nothing is extrapolated: outside the measured loads the plan names the run that would tell", () => {
  assert.match(
    plan(1000, 500).remarks.join(" "),
    /bench --queue-depths 16.*bench --interval 1000us/,
  );
  assert.match(plan(80_000, 5000).remarks.join(" "), /may carry more: bench --queue-depths 64,128/);
  assert.match(plan(80_000, 310).remarks.join(" "), /interval of its p99 reaches beyond/);
});

async function planOf(...runs: FixtureRun[]) {
  const name = runs.map((run) => `${run.kernelLabel}${run.emulated ?? ""}`).join("-");
  for (const [index, run] of runs.entries()) {
    writeFixture(join(folder, name, `${run.kernelLabel}-${index}.jsonl`), run);
  }
  const analysis = await analyse([join(folder, name)]);
  return planFor(analysis, { iops: 50_000, latencyNsP99: 2e6 });
}

test("changes of kernel and of preparation are valued in cores with an interval", async () => {
  const found = await planOf(...bootsOfBoth(3));
  const upgrade = found.savings.find(
    (saving) => saving.kind === "kernel" && saving.from.preparation === "fallocate-0",
  );
  assert.ok(upgrade && upgrade.lower > 0 && upgrade.lower < upgrade.cores);
  assert.equal(upgrade.to.subject.kernelLabel, "6.12");
  const text = planText(found, 100);
  assert.match(text, /fallocate-0: from 6\.1 to 6\.12 saves .* cores .*, worth/);
  assert.match(text, /a prefill .* instead of no-fallocate.* has paid for itself after/);
  assert.match(text, /Assumptions:/);
  assert.match(text, /6\.1: from fallocate-0 to dd-prefill/);
  assert.doesNotMatch(text, /Not enough data/);
});

test("with two boots of each kernel a plan claims no saving by an upgrade, and says which command tells it", async () => {
  const found = await planOf(...bootsOfBoth(2));
  const text = planText(found, null);
  assert.doesNotMatch(text, /from 6\.1 to 6\.12 (saves|costs)/);
  assert.match(text, /Not enough data for what an upgrade saves \(6\.1 to 6\.12\)/);
  assert.match(text, /puntbench lab --kernels 6\.1,6\.12 --boots 3/);
  // Preparations of one kernel are compared within the same boots.
  assert.match(text, /6\.1: from fallocate-0 to dd-prefill saves/);
  const { savings } = planJson(found, null) as { savings: { kind: string; told: boolean }[] };
  for (const { kind, told } of savings) assert.equal(told, kind === "preparation");
});

/** So many runs of 6.1 and of 6.12, each on its own boot. */
function bootsOfBoth(boots: number): FixtureRun[] {
  return Array.from({ length: boots }, (_, boot) => [
    { kernelLabel: "6.1", unwrittenPunts: true, seed: 2 * boot + 1 },
    { kernelLabel: "6.12", seed: 2 * boot + 2 },
  ]).flat();
}

test("emulated results are left out by name, and are not enough on their own", async () => {
  const found = await planOf({ kernelLabel: "6.12" }, { kernelLabel: "6.1", emulated: true });
  assert.match(planText(found, null), /Left out.*6\.1 \(emulated\)/);
  assert.ok(found.capacities.every((capacity) => !capacity.subject.emulated));
  await assert.rejects(planOf({ kernelLabel: "5.10", emulated: true }), /nothing to plan with/);
});

test("rates are read as people write them", () => {
  assert.equal(parseRate("100k", "--iops"), 100_000);
  assert.equal(parseRate("1.5M", "--iops"), 1_500_000);
  assert.throws(() => parseRate("-3", "--iops"), /--iops -3: not a rate/);
});

const paced = (rate: number, p99Us: number): OperatingPoint => ({
  ...point(128, rate, p99Us, 20),
  intervalNs: 1e9 / rate,
});
const demand = { iops: 30_000, latencyNsP99: 500_000 };

test("a p99 of a closed loop says what it does not know, and which run would tell", () => {
  assert.match(
    plan(50_000, 500).remarks.join("\n"),
    /is not known .*coordinated omission.*bench --find-capacity --p99 500us/,
  );
});

test("where paced writes bracket the target, only they count: the closed loop carries more but says less", () => {
  const points = [...sweep, paced(31_000, 450), paced(33_000, 700)];
  const found = capacityOf(subject, "dd-prefill", points, demand);
  assert.equal(found.best?.iops.point, 31_000);
  assert.doesNotMatch(found.remarks.join(), /coordinated omission|was measured/);
});

test("a paced load that holds above one that does not is luck and does not count", () => {
  const points = [paced(20_000, 300), paced(25_000, 900), paced(31_000, 450)];
  const found = capacityOf(subject, "dd-prefill", points, demand);
  assert.equal(found.best?.iops.point, 20_000);
});

test("a wide gap above the best paced load is named, with the search that closes it", () => {
  const points = [paced(20_000, 300), paced(40_000, 900)];
  const { remarks } = capacityOf(subject, "dd-prefill", points, demand);
  assert.match(remarks.join(), /between 20k and 40k writes\/s was measured: bench --find-capacity/);
});
