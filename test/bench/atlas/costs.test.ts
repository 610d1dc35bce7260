import assert from "node:assert/strict";
import { test } from "node:test";
import { withCosts } from "../../../bench/atlas/costs.js";
import { ATLAS_SCENARIOS } from "../../../results/atlas/scenarios.js";
import type { Trial } from "../../../results/schema.js";
import { atlasFile, cell } from "../../analysis/atlas/fixture-atlas.js";

const append = ATLAS_SCENARIOS.find(({ name }) => name === "append")?.scenario;

/** A trial of 100 requests with these instructions in all. */
function trial(submitter: number, ioWq: number | null, status: Trial["status"] = "ok"): Trial {
  const instructions = { submitter, ioWq, kernelWorkers: 500, system: 1e9 };
  return { scenario: append, status, measurement: { writes: 100, instructions } } as Trial;
}

const costOf = (trials: Trial[]) => {
  const file = atlasFile("6.1", "ext4", [cell("append", 256, "hole"), cell("fsync", 256)]);
  const lines = { headers: [], trials, explanations: [] };
  const [first, other] = withCosts(file, { lines }).cells;
  assert.equal(other?.instructions, undefined, "another scenario was not counted");
  return first?.instructions;
};

test("a cost is that of the median trial, for one request; a failed trial counts for nothing", () => {
  const trials = [
    trial(900_000, 2e6),
    trial(100_000, 1e6),
    trial(800_000, 3e6),
    trial(1, 1, "failed"),
  ];
  assert.deepEqual(costOf(trials), { submitter: 8000, ioWq: 20_000, kernelWorkers: 5 });
});

test("where io-wq workers are not told from other kernel threads, their figure is unknown and not 0", () => {
  assert.deepEqual(costOf([trial(100, null)]), { submitter: 1, ioWq: null, kernelWorkers: 5 });
});

test("without a trial there is no cost", () => {
  assert.equal(costOf([]), undefined);
});
