import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { hostOf } from "../../../analysis/cells/host.js";
import { compareSides } from "../../../analysis/comparison/compare.js";
import { partOf } from "../../../analysis/comparison/sides.js";
import { estimate } from "../../../analysis/estimates/estimate.js";
import { readFleet } from "../../../analysis/fleet/fleet.js";
import { parseGroupBy } from "../../../analysis/fleet/group-key.js";
import { analyse } from "../../../analysis/loading/analysis.js";
import type { Header } from "../../../results/schema.js";
import { puntbench } from "../../support/puntbench.js";
import { writeFixture } from "../fixture.js";
import { type FixtureHost, observationOf, writeFleet } from "../fixture-fleet.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-fleet-"));
after(() => rmSync(folder, { recursive: true }));

const SMALL = {
  rounds: 2,
  writes: 256,
  queueDepths: [8],
  preparations: ["fallocate-0", "dd-prefill"],
  arms: ["inline"],
} as const;
const DEPTH8 = ["--only", "depth=8"];

function host(name: string, seed: number, more: Partial<FixtureHost> = {}): FixtureHost {
  const slowness = 1 + 0.03 * Math.sin(seed);
  return {
    host: name,
    seed,
    kernelLabel: "6.1",
    unwrittenPunts: true,
    slowness,
    ...SMALL,
    ...more,
  };
}

function hosts(prefix: string, count: number, more: Partial<FixtureHost> = {}): FixtureHost[] {
  return Array.from({ length: count }, (_, index) =>
    host(`${prefix}${index}`, index + 1 + prefix.length * 50, more),
  );
}

const NEW = { kernelLabel: "6.12", unwrittenPunts: false };

function fleetOf(name: string, ...all: FixtureHost[]): string {
  return writeFleet(join(folder, name), all);
}

function changed(change: Partial<Header["environment"]>): Partial<FixtureHost> {
  return {
    header: (header) => ({ ...header, environment: { ...header.environment, ...change } }),
  };
}

async function asked(...args: string[]) {
  const { code, stdout, stderr } = await puntbench(["fleet", ...args, "--json"]);
  assert.ok(code !== 1 && code !== 2, stderr);
  return { code, found: JSON.parse(stdout) };
}

test("the host is the folder below the last folder named fleet, and nothing else makes one", () => {
  assert.equal(hostOf("results/fleet/web1/6.1/run.jsonl"), "web1");
  assert.equal(hostOf("/srv/fleet/old/fleet/web1/run.jsonl"), "web1");
  assert.equal(hostOf("results/6.1/run.jsonl"), null);
  assert.equal(hostOf("results/fleet/run.jsonl"), null);
  assert.equal(hostOf("fleet.jsonl"), null);
  assert.equal(hostOf("fleet/a\u001b[31mb/run.jsonl"), "a\\x1b[31mb");
});

test("medians and intervals are over hosts: many trials of one host weigh no more than few of another", async () => {
  const many = { ...host("heavy", 9, { slowness: 3 }), rounds: 20 };
  const fleet = fleetOf("weights", ...hosts("web", 6), many);
  const { cells, unit } = await analyse([fleet]);
  assert.equal(unit, "host");
  const found = estimate(cells[0] as (typeof cells)[number], "cpuNs");
  assert.equal(found?.boots, 7);
  assert.equal(found?.trials, 6 * 2 + 20);
  const alone = await analyse([fleetOf("alone", ...hosts("web", 6))]);
  const without = estimate(alone.cells[0] as (typeof cells)[number], "cpuNs");
  assert.ok((found?.point as number) < 1.1 * (without?.point as number));
});

test("one machine is no fleet: its boots stay what is repeated", async () => {
  const boots = [0, 1, 2].map((boot) =>
    writeFixture(join(folder, "boots", `${boot}.jsonl`), {
      kernelLabel: "6.1",
      boot,
      seed: boot,
      ...SMALL,
    }),
  );
  const { unit } = await analyse(boots);
  assert.equal(unit, "boot");
  const { code, stderr } = await puntbench(["fleet", join(folder, "boots")]);
  assert.equal(code, 1);
  assert.match(stderr, /no host; a fleet has two at least/);
});

test("a host that differs from its group is named, with what doctor saw there", async () => {
  const fleet = fleetOf("outliers", ...hosts("web", 8), host("slow", 3, { slowness: 3 }));
  const finding = { check: "load", severity: "warning", what: "load 9.1\u001b[31m on 2 CPUs" };
  writeFileSync(
    join(fleet, "slow", "doctor.json"),
    JSON.stringify({ fit: true, findings: [finding] }),
  );
  const { found } = await asked(fleet, ...DEPTH8);
  assert.equal(found.outliers[0].host, "slow");
  const cpu = found.outliers[0].figures.find(
    ({ metric }: { metric: string }) => metric === "cpuNs",
  );
  assert.ok(cpu.value / cpu.usual > 2.5 && cpu.value / cpu.usual < 3.5);
  assert.equal(
    found.outliers.filter(({ figures }: { figures: object[] }) => figures.length > 2).length,
    1,
  );
  const { stdout } = await puntbench(["fleet", fleet, ...DEPTH8]);
  assert.match(stdout, /^slow .*doctor: load 9\.1\\x1b\[31m on 2 CPUs$/m);
  assert.ok(!stdout.includes("\u001b"));
});

test("a doubtful host is listed and in no figure, unless the user takes it in", async () => {
  const checks = {
    nopPuntRatio: 0.5,
    forcedPuntRatio: 1,
    timestampCostNs: 25,
    emptyLoopNsPerOperation: 40,
  };
  const broken = host("broken", 5, {
    header: (header) => ({ ...header, instrumentChecks: checks }),
  });
  const twins = [
    host("twins", 6),
    host("twins", 7, { ...NEW, ...changed({ cpuModel: "Another CPU" }) }),
  ];
  const saving = host("saving", 8, changed({ governor: "powersave" }));
  const fleet = fleetOf("doubts", ...hosts("web", 4), broken, saving, ...twins);
  const { found } = await asked(fleet, ...DEPTH8);
  const doubts = found.hosts
    .filter(({ leftOut }: { leftOut: boolean }) => leftOut)
    .map(({ name, doubts: [first] }: { name: string; doubts: string[] }) => [name, first]);
  assert.deepEqual(doubts, [
    ["broken", "instrument: NOPs were seen to punt"],
    ["saving", "governor powersave; most of 6.1 have performance"],
    ["twins", "several machines: CPU Fixture CPU, 2 CPUs and Another CPU, 2 CPUs"],
  ]);
  assert.deepEqual(
    found.groups.map(({ hosts: count }: { hosts: number }) => count),
    [4, 4],
  );
  const all = await asked(fleet, ...DEPTH8, "--with-doubtful");
  assert.deepEqual(
    all.found.groups.map(({ group, hosts: count }: { group: string; hosts: number }) => [
      group,
      count,
    ]),
    [
      ["6.1", 7],
      ["6.12", 1],
      ["6.1", 7],
      ["6.12", 1],
    ],
  );
  const { stdout } = await puntbench(["fleet", fleet, "--with-doubtful"]);
  assert.match(stdout, /3 of them are doubtful and taken in all the same/);
});

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
  }));
  const fleet = fleetOf("upgrade", ...before, ...after);
  const { analysis } = await readFleet([fleet], {
    groupOf: parseGroupBy("kernel"),
    withDoubtful: false,
  });
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

test("what watch saw gives the cores in workers, and the load that the fleet's cores are planned for", async () => {
  const busy = { file: "/db", operation: "writev", requests: 10_000, workerCpuNs: 5e9 };
  const watched = { observations: [observationOf("mariadbd", [busy])] };
  const fleet = fleetOf("watched", ...hosts("old", 4, watched), ...hosts("new", 3, NEW));
  const { found } = await asked(fleet, ...DEPTH8, "--p99", "50ms");
  assert.equal(found.watched.length, 1);
  assert.deepEqual([found.watched[0].group, found.watched[0].hosts], ["6.1", 4]);
  assert.ok(Math.abs(found.watched[0].coresInWorkers - 2) < 1e-9);
  assert.equal(found.plan.demand.iops, 4000);
  const saving = found.plan.savings.find(
    ({ kind, from }: { kind: string; from: { preparation: string } }) =>
      kind === "kernel" && from.preparation === "fallocate-0",
  );
  assert.ok(saving.told && saving.lower > 0, JSON.stringify(saving));
});

test("hosts are grouped by what the user names", async () => {
  const fleet = fleetOf(
    "groups",
    ...hosts("old", 3),
    ...hosts("new", 3, { ...NEW, filesystem: "xfs" }),
  );
  const { found } = await asked(
    fleet,
    "--group-by",
    "filesystem,governor",
    "--only",
    "preparation=dd-prefill",
  );
  assert.deepEqual(
    found.groups.map(({ group }: { group: string }) => group),
    ["ext4, performance", "xfs, performance"],
  );
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

test("a report of a fleet has a strip of hosts for each kernel, and names who stands apart and who is left out", async () => {
  const saving = host("saving", 8, changed({ governor: "powersave" }));
  const slow = host("slow", 3, { slowness: 3 });
  const fleet = fleetOf("report", ...hosts("web", 6), ...hosts("new", 3, NEW), slow, saving);
  const out = join(folder, "report-out");
  const { code, stderr } = await puntbench(["report", fleet, "--out", out]);
  assert.equal(code, 0, stderr);
  const page = readFileSync(join(out, "report.md"), "utf8");
  assert.match(page, /## The hosts\n\n11 hosts: 6\.1 on 8, 6\.12 on 3\. 1 of them is doubtful/);
  assert.match(page, /\| slow \| .* of the usual /);
  assert.match(page, /\| saving \| governor powersave; most of 6\.1 have performance \|/);
  const { data } = JSON.parse(readFileSync(join(out, "hosts-cpuNs.vl.json"), "utf8"));
  const drawn = new Set(data.values.map((row: { host: string }) => row.host));
  assert.equal(drawn.size, 10);
  assert.ok(!drawn.has("saving"));
  assert.ok(existsSync(join(out, "hosts-latencyNsP99.png")));
});
