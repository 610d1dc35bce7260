import assert from "node:assert/strict";
import { test } from "node:test";
import { hasPolledQueue } from "../../../bench/environment/device.js";
import { benchCommand } from "../../../bench/run/command.js";
import { scenariosOf } from "../../../bench/run/matrix.js";
import { meaningless, notOnDisk } from "../../../bench/run/meaningless.js";
import { parseOptions, type RawOptions } from "../../../bench/run/options.js";
import { describeScenario, scenarioKey, workloadWords } from "../../../results/scenario.js";
import { scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { onlyRunBelow } from "../../support/results.js";

const folder = scratchFolder();

function scenariosWith(...args: string[]) {
  const command = benchCommand().exitOverride();
  command.parseOptions(args);
  return scenariosOf(parseOptions(command.opts<RawOptions>()));
}

test("without the options of a stream, a scenario is what it was: a plain O_DIRECT write", () => {
  const [scenario] = scenariosWith("--quick");
  assert.ok(scenario);
  assert.deepEqual(Object.keys(scenario), [
    ...["preparation", "arm", "queueDepth", "blockSizeBytes", "fileSizeBytes", "order"],
    ...["intervalNs", "registeredBuffers"],
  ]);
  assert.equal(workloadWords(scenario), "4 KiB O_DIRECT writes");
});

test("the dimensions of the stream multiply, and every cell has its own key and name", () => {
  const few = ["-p", "dd-prefill", "-a", "inline", "-q", "8"];
  const scenarios = scenariosWith(
    ...[...few, "--operation", "write,read,readwrite:70", "--io", "direct,buffered"],
    ...["--durability", "none,o_dsync"],
  );
  assert.equal(scenarios.length, 12);
  for (const name of [scenarioKey, describeScenario]) {
    assert.equal(new Set(scenarios.map((scenario) => name(scenario))).size, 12);
  }
  const mixed = scenarios.find(({ operation, io }) => operation === "readwrite" && io);
  assert.equal(mixed && describeScenario(mixed), "dd-prefill, 70 % reads, buffered at depth 8");
});

test("a cell without a meaning has a reason", () => {
  const [read] = scenariosWith("--operation", "read", "-p", "no-fallocate", "--durability", "none");
  assert.match((read && meaningless(read)) ?? "", /empty/);
  const [linked] = scenariosWith("--durability", "linked-fdatasync", "-a", "psync");
  assert.match((linked && meaningless(linked)) ?? "", /cannot link/);
  const [limited] = scenariosWith("--iowq-workers", "2", "-a", "libaio");
  assert.match((limited && meaningless(limited)) ?? "", /no io-wq workers/);
  const [plain] = scenariosWith();
  assert.equal(plain && meaningless(plain), null);
});

test("sizes and pauses are dimensions too, with keys and names of their own", () => {
  const args = ["-p", "dd-prefill", "-a", "inline", "-q", "8", "--block-size", "4k,4k-64k"];
  const scenarios = scenariosWith(...args, "--think-time", "0,500us,1ms:8");
  assert.equal(new Set(scenarios.map(scenarioKey)).size, 6);
  assert.equal(new Set(scenarios.map(workloadWords)).size, 6);
  const both = scenarios.find((found) => found.blockSizeMaxBytes && found.thinkRequests === 8);
  assert.equal(
    both && workloadWords(both),
    "4 KiB O_DIRECT writes, sizes up to 64 KiB, a pause of 1 ms after every 8",
  );
  const [paced] = scenariosWith("--think-time", "1ms", "--interval", "2ms");
  assert.match((paced && meaningless(paced)) ?? "", /a pace or pauses/);
  const [grouped] = scenariosWith("--think-time", "1ms", "--durability", "group-fdatasync:8");
  assert.match((grouped && meaningless(grouped)) ?? "", /its sync, not with a pause/);
  const [synced] = scenariosWith("--block-size", "4k-8k", "--operation", "fsync");
  assert.match((synced && meaningless(synced)) ?? "", /fsync has no size/);
  for (const wrong of [
    ["--block-size", "8k-4k"],
    ["--block-size", "4k-6k"],
    ["--block-size", "4k-"],
    ["--think-time", "1ms:0"],
  ]) {
    assert.throws(() => scenariosWith(...wrong), { name: "UsageError" });
  }
});

test("cells that cannot be made are skipped by name before the first trial, the others are measured", async () => {
  const { code, stderr, stdout } = await puntbench([
    ...["bench", "--dir", folder, "--out", `${folder}/results`, "--quick", "--rounds", "1"],
    ...["-p", "no-fallocate,dd-prefill", "-a", "inline", "-q", "8"],
    ...["--operation", "read,readwrite:70", "--io", "direct,buffered"],
  ]);
  assert.equal(code, 0);
  const before = stderr.slice(0, stderr.indexOf("instrument checked"));
  assert.match(before, /skipped no-fallocate, read at depth 8: the file is empty/);
  assert.match(before, /skipped no-fallocate, 70 % reads, buffered at depth 8/);
  const [header, ...trials] = onlyRunBelow(`${folder}/results`);
  assert.ok(header?.type === "header");
  assert.equal(header.scenarios.length, 4);
  assert.equal(trials.filter((line) => line.type === "trial" && line.status === "ok").length, 4);
  assert.match(stdout, /request/);
  assert.match(stdout, /70 % reads, buffered/);
});

test("where no cell can be made, the run ends before it starts", async () => {
  const args = ["bench", "--dir", folder, "-p", "no-fallocate", "--operation", "read"];
  const { code, stderr } = await puntbench(args);
  assert.equal(code, 2);
  assert.match(stderr, /no scenario can be measured: .*the file is empty/);
});

test("a ring that polls is skipped by name where the device has no polled queue", async (t) => {
  if (hasPolledQueue(folder)) return t.skip("SKIPPED, this device has polled queues");
  const { code, stderr, stdout } = await puntbench([
    ...[
      "bench",
      "--dir",
      folder,
      "--out",
      `${folder}/polled`,
      "--quick",
      "--rounds",
      "1",
      "--json",
    ],
    ...["-p", "dd-prefill", "-a", "inline", "-q", "8", "--ring", "best,iopoll,sqpoll"],
    ...["--block-size", "4k,16k", "--files", "1,2"],
  ]);
  assert.equal(code, 0, stderr);
  const before = stderr.slice(0, stderr.indexOf("instrument checked"));
  assert.match(before, /skipped dd-prefill, iopoll at depth 8: the device has no polled queue/);
  const { scenarios } = JSON.parse(stdout);
  const rings = scenarios.map(({ stream }: { stream: string | null }) =>
    stream?.split(", ").at(-1),
  );
  assert.ok(scenarios.length >= 4 && !rings.includes("iopoll"), rings.join());
});

test("what cannot be combined has a reason that names it", () => {
  const reasons: [string[], RegExp][] = [
    [["--order", "append", "-p", "dd-prefill"], /does not use what was prepared/],
    [["--order", "append", "-p", "keep-size", "--operation", "statx"], /only writes append/],
    [["--durability", "group-fdatasync:4", "--files", "2"], /makes one file durable/],
    [
      ["--durability", "group-fdatasync:4", "--operation", "readwrite", "-p", "dd-prefill"],
      /writes/,
    ],
    [["--rings", "2", "--files", "3"], /cannot share 3 files evenly/],
    [["--rings", "2", "-a", "psync"], /psync has no ring/],
    [["--rings", "2", "-a", "own-files"], /a file for each slot/],
    [["--ring", "iopoll", "--io", "buffered"], /only O_DIRECT/],
    [["--operation", "openat", "--fixed-files"], /names a path/],
    [["--operation", "fallocate", "-a", "libaio"], /only reads and writes/],
  ];
  for (const [args, reason] of reasons) {
    const [scenario] = scenariosWith(...args);
    assert.match((scenario && meaningless(scenario)) ?? "", reason, args.join(" "));
  }
});

test("what a disk itself has none of has a reason that names it", () => {
  const reasons: [string[], RegExp][] = [
    [["-p", "fallocate-0"], /neither grows nor reserves/],
    [["-p", "dd-prefill", "--files", "2"], /one block device/],
    [["-p", "dd-prefill", "--extents", "2"], /no extents/],
    [["-p", "dd-prefill", "--inode", "cold"], /no inode/],
    [["-p", "dd-prefill", "--operation", "statx"], /^statx asks the filesystem/],
  ];
  for (const [args, reason] of reasons) {
    const [scenario] = scenariosWith(...args);
    assert.match((scenario && notOnDisk(scenario)) ?? "", reason, args.join(" "));
  }
  const [easy] = scenariosWith("-p", "dd-prefill", "--io", "buffered");
  assert.equal(easy && notOnDisk(easy), null);
});

test("more files than blocks, and a depth that no ring can fill, are usage errors", async () => {
  const small = ["bench", "--dir", folder, "--file-size", "64k", "-p", "dd-prefill", "-q", "8"];
  const files = await puntbench([...small, "--files", "64"]);
  assert.equal(files.code, 2);
  assert.match(files.stderr, /64 files are more than the 16 blocks of a trial/);
  const rings = await puntbench([...small, "--rings", "4"]);
  assert.equal(rings.code, 2);
  assert.match(rings.stderr, /queue depth 8 is more than the 4 writes of each ring/);
});
