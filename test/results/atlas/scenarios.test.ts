import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import { isTraceable, scenarioOptions } from "../../../analysis/atlas/repeat-command.js";
import { withBenchOptions } from "../../../bench/run/command.js";
import { scenariosOf } from "../../../bench/run/matrix.js";
import { meaningless } from "../../../bench/run/meaningless.js";
import { parseOptions, type RawOptions } from "../../../bench/run/options.js";
import { withStreamOptions } from "../../../bench/run/stream-options.js";
import { ATLAS_PLACES } from "../../../results/atlas/places.js";
import { ATLAS_GROUPS } from "../../../results/atlas/scenario-rows.js";
import { ATLAS_SCENARIOS } from "../../../results/atlas/scenarios.js";
import { scenarioKey } from "../../../results/scenario.js";
import { Scenario } from "../../../results/schema.js";

test("the atlas has at least 40 scenarios, each with its own name and its own requests", () => {
  assert.ok(ATLAS_SCENARIOS.length >= 40, `${ATLAS_SCENARIOS.length}`);
  const names = new Set(ATLAS_SCENARIOS.map(({ name }) => name));
  const keys = new Set(ATLAS_SCENARIOS.map(({ scenario }) => scenarioKey(scenario)));
  const words = new Set(ATLAS_SCENARIOS.map(({ words }) => words));
  for (const distinct of [names, keys, words]) assert.equal(distinct.size, ATLAS_SCENARIOS.length);
  for (const { name } of ATLAS_SCENARIOS) assert.match(name, /^[a-z0-9_-]+$/);
});

test("every scenario has a meaning and is as the results' format wants it", () => {
  for (const { name, scenario, group } of ATLAS_SCENARIOS) {
    assert.equal(meaningless(Scenario.parse(scenario)), null, name);
    assert.ok(ATLAS_GROUPS.includes(group));
  }
});

for (const { name, scenario } of ATLAS_SCENARIOS) {
  test(`the command that repeats ${name} chooses exactly this scenario`, () => {
    const command = withStreamOptions(withBenchOptions(new Command())).exitOverride();
    const raw = command
      .parse(scenarioOptions(scenario).split(" "), { from: "user" })
      .opts<RawOptions>();
    const chosen = scenariosOf(parseOptions(raw)).map(scenarioKey);
    assert.deepEqual(chosen, [scenarioKey(scenario)]);
  });
}

test("what explain cannot follow is told apart", () => {
  const others = ATLAS_SCENARIOS.filter(({ scenario }) => !isTraceable(scenario));
  assert.deepEqual(
    others.map(({ name }) => name),
    ["two-rings", "two-rings-first-write", "sqpoll"],
  );
});

test("no name of a place is taken for another one's words", () => {
  const names = ATLAS_PLACES.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name } of ATLAS_SCENARIOS) assert.ok(!names.includes(name));
});
