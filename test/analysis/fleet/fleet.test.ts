import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Cell } from "../../../analysis/cells/cell.js";
import { hostFolderOf } from "../../../analysis/cells/host.js";
import { changeBetween } from "../../../analysis/estimates/change.js";
import { estimate } from "../../../analysis/estimates/estimate.js";
import { analyse } from "../../../analysis/loading/analysis.js";
import { PREPARATIONS } from "../../../results/vocabulary.js";
import { puntbench } from "../../support/puntbench.js";
import { promisedWords, wordsByRole } from "../chart-words.js";
import { writeFixture } from "../fixture.js";
import { observationOf } from "../fixture-fleet.js";
import { asked, changed, DEPTH8, fleetOf, folder, host, hosts, NEW, SMALL } from "./made-hosts.js";

test("the host is the folder below the last folder named fleet, and nothing else makes one", () => {
  const host = (file: string, named = "results") => hostFolderOf(file, named)?.name;
  assert.deepEqual(hostFolderOf("results/fleet/web1/6.1/run.jsonl", "results"), {
    name: "web1",
    path: "results/fleet/web1",
  });
  assert.equal(host("results/fleet/web1/run.jsonl", "results/fleet/web1/run.jsonl"), "web1");
  assert.equal(host("results/fleet/old/fleet/web1/run.jsonl"), "web1");
  assert.equal(host("results/6.1/run.jsonl"), undefined);
  assert.equal(host("results/fleet/run.jsonl"), undefined);
  assert.equal(host("fleet.jsonl", "."), undefined);
  assert.equal(host("fleet/a\u001b[31mb/run.jsonl", "fleet"), "a\\x1b[31mb");
});

test("what stands above a named absolute path makes no host: a checkout may lie in the home of a user fleet", () => {
  const host = (file: string, named: string) => hostFolderOf(file, named)?.name;
  const checkout = "/home/fleet/puntbench";
  assert.equal(host(`${checkout}/results/6.1/run.jsonl`, `${checkout}/results`), undefined);
  assert.equal(host(`${checkout}/run.jsonl`, `${checkout}/run.jsonl`), undefined);
  for (const named of [checkout, `${checkout}/results/`, `${checkout}/results/fleet`]) {
    const file = `${checkout}/results/fleet/web1/run.jsonl`;
    assert.deepEqual(hostFolderOf(file, named), {
      name: "web1",
      path: `${checkout}/results/fleet/web1`,
    });
  }
  assert.equal(host("/fleet/web1/run.jsonl", "/fleet"), "web1");
  assert.equal(host("/fleet/web1/run.jsonl", "/"), "web1");
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

test("scenarios of the same runs are compared over hosts too, not over all their rounds", async () => {
  const spread = hosts("web", 5).map((one, index) => ({
    ...one,
    rounds: 4,
    unwrittenPunts: index < 4,
  }));
  const { cells } = await analyse([fleetOf("within", ...spread)]);
  const [unwritten, written] = cells;
  const change = changeBetween(written as Cell, unwritten as Cell, "cpuNs");
  assert.equal(change?.basis, "boots");
  // Four hosts of five punt: 20 rounds would be certain of it, five hosts are not.
  const few = await analyse([fleetOf("two", ...spread.slice(3))]);
  assert.equal(changeBetween(few.cells[1] as Cell, few.cells[0] as Cell, "cpuNs")?.basis, "rounds");
  assert.ok((change?.upper ?? 0) / (change?.lower ?? 1) > 1.3, JSON.stringify(change));
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
  assert.equal(found.outliers.length, 1);
  const { stdout } = await puntbench(["fleet", fleet, ...DEPTH8]);
  assert.match(stdout, /^slow .*doctor: load 9\.1\\x1b\[31m on 2 CPUs$/m);
  assert.ok(!stdout.includes("\u001b"));
});

test("of a host without a diagnosis it is said that nobody asked doctor, not that all is well", async () => {
  const fleet = fleetOf("undiagnosed", ...hosts("web", 8), host("slow", 3, { slowness: 3 }));
  const said = async () => (await puntbench(["fleet", fleet, ...DEPTH8])).stdout;
  assert.match(await said(), /^slow .*its folder has no doctor\.json$/m);
  writeFileSync(join(fleet, "slow", "doctor.json"), JSON.stringify({ fit: true, findings: [] }));
  assert.match(await said(), /^slow .*nothing unusual .*, nor by doctor$/m);
});

test("among hosts that differ by chance none is apart, however many figures they have", async () => {
  const many = { queueDepths: [1, 2, 8, 32], preparations: PREPARATIONS, writes: 64 };
  const fleet = fleetOf("chance", ...hosts("web", 40, many));
  const { found } = await asked(fleet);
  assert.equal(found.groups.length, 20);
  assert.deepEqual(found.outliers, []);
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
  const spec = JSON.parse(readFileSync(join(out, "hosts-latencyNsP99.vl.json"), "utf8"));
  const shown = wordsByRole(readFileSync(join(out, "hosts-latencyNsP99.svg"), "utf8"));
  const promised = promisedWords(spec);
  assert.ok(shown.get("title-text")?.includes(promised.title[0] as string));
  assert.deepEqual(shown.get("legend-label"), promised.legendLabels);
  assert.deepEqual([...new Set(shown.get("axis-title"))], [...new Set(promised.axisTitles)]);
});
