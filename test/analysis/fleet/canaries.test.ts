import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compareSides } from "../../../analysis/comparison/compare.js";
import { partOf } from "../../../analysis/comparison/sides.js";
import { readFleet } from "../../../analysis/fleet/fleet.js";
import { parseGroupBy } from "../../../analysis/fleet/group-key.js";
import { puntbench } from "../../support/puntbench.js";
import { asked, changed, fleetOf, folder, hosts, NEW } from "./made-hosts.js";

test("canaries against all others: better is 0, worse is 3 with --fail-on-regression, too few hosts is 4", async () => {
  const newer = hosts("new", 5, NEW);
  const fleet = fleetOf("canaries", ...hosts("old", 9), ...newer);
  const only = ["--only", "preparation=fallocate-0"];
  const good = await asked(fleet, "--canaries", "6.12", ...only, "--fail-on-regression");
  assert.equal(good.code, 0);
  assert.match(
    good.found.comparison.sentence,
    /^canaries against all others, over 1 scenario: better in 1\./,
  );
  const [scenario] = good.found.comparison.scenarios;
  assert.deepEqual([scenario.metrics.cpuNs.a.boots, scenario.metrics.cpuNs.b.boots], [9, 5]);
  assert.equal(scenario.metrics.cpuNs.change.basis, "boots");
  const others = hosts("old", 9)
    .map(({ host: name }) => name)
    .join(",");
  const bad = await asked(fleet, "--canaries", others, ...only, "--fail-on-regression");
  assert.equal(bad.code, 3);
  const few = await asked(fleet, "--canaries", "new0,new1", "--only", "preparation=dd-prefill");
  assert.equal(few.code, 4);
  const { stdout } = await puntbench(["fleet", fleet, "--canaries", "new0,new1", ...only]);
  assert.match(stdout, /fewer than 3 hosts on a side/);
  assert.doesNotMatch(stdout, /boot/);
});

test("the same hosts before and after an upgrade are compared host by host", async () => {
  const before = hosts("web", 8).map((one, index) => ({
    ...one,
    slowness: 1 + index,
    noise: 0.01,
  }));
  const after = before.map((one) => ({
    ...one,
    kernelLabel: "6.2",
    slowness: 1.2 * (one.slowness ?? 1),
    seed: (one.seed ?? 0) + 99,
    // A newer kernel keeps more of the memory for itself: still the same machine.
    ...changed({ memoryBytes: 7.75 * 2 ** 30 }),
  }));
  const fleet = fleetOf("upgrade", ...before, ...after);
  const { analysis, leftOut } = await readFleet([fleet], {
    groupOf: parseGroupBy("kernel"),
    withDoubtful: false,
  });
  assert.deepEqual(leftOut, []);
  const [a, b] = ["6.1", "6.2"].map((label) =>
    partOf(analysis, label, ({ kernelLabel }) => kernelLabel === label),
  ) as [ReturnType<typeof partOf>, ReturnType<typeof partOf>];
  const { scenarios } = compareSides(a, b, { thresholdRatio: 0.05, allowed: new Set() });
  for (const { metrics } of scenarios) {
    const cpu = metrics.find(({ metric }) => metric === "cpuNs");
    // Unpaired, hosts that differ by eight times would hide a fifth.
    assert.equal(cpu?.verdict, "worse");
    assert.ok((cpu?.change?.lower ?? 0) > 1.1 && (cpu?.change?.upper ?? 9) < 1.3);
  }
});

for (const [args, message] of [
  [["--group-by", "colour"], /--group-by colour: not known/],
  [["--canaries", "nobody"], /--canaries nobody: neither a host nor a group/],
  [["--compare", "6.1", "9.9"], /--compare 9\.9: no such group/],
  [["--canaries", "6.1", "--compare", "6.1", "6.12"], /exclude each other/],
] as const) {
  test(`fleet ${args.join(" ")} is an error of the command line`, async () => {
    const fleet = join(folder, "canaries", "fleet");
    if (!existsSync(fleet)) fleetOf("canaries", ...hosts("old", 9), ...hosts("new", 5, NEW));
    const { code, stdout, stderr } = await puntbench(["fleet", fleet, ...args]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, message);
  });
}
