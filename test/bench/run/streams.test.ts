import assert from "node:assert/strict";
import { test } from "node:test";
import { benchCommand } from "../../../bench/run/command.js";
import { scenariosOf } from "../../../bench/run/matrix.js";
import { meaningless } from "../../../bench/run/meaningless.js";
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
