import assert from "node:assert/strict";
import { test } from "node:test";
import { benchCommand } from "../../../bench/run/command.js";
import { scenariosOf } from "../../../bench/run/matrix.js";
import { parseOptions, type RawOptions } from "../../../bench/run/options.js";
import { scenarioKey } from "../../../results/scenario.js";
import { scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { onlyRunBelow } from "../../support/results.js";

const folder = scratchFolder();

function scenariosWith(...args: string[]) {
  const command = benchCommand().exitOverride();
  command.parseOptions(args);
  return scenariosOf(parseOptions(command.opts<RawOptions>()));
}

test("by default a trial lasts half a second; a given size, --quick and a pace decide by themselves", () => {
  assert.ok(scenariosWith().every(({ durationNs }) => durationNs === 5e8));
  for (const args of [["--file-size", "1M"], ["--quick"], ["--interval", "1ms"]]) {
    assert.ok(scenariosWith(...args).every(({ durationNs }) => durationNs === undefined));
  }
});

test("the ramp is a fifth of the duration, and is chosen by --ramp", () => {
  assert.ok(scenariosWith().every(({ rampNs }) => rampNs === 1e8));
  assert.ok(scenariosWith("--duration", "2s").every(({ rampNs }) => rampNs === 4e8));
  assert.ok(scenariosWith("--ramp", "30ms").every(({ rampNs }) => rampNs === 3e7));
  const without = [["--ramp", "0"], ["--quick"], ["--file-size", "1M"], ["--interval", "1ms"]];
  for (const args of without) {
    assert.ok(scenariosWith(...args).every(({ rampNs }) => rampNs === undefined));
  }
});

test("cells of one duration are the same cell, whatever size the pace gave their files", () => {
  const [scenario] = scenariosWith();
  assert.ok(scenario);
  const larger = { ...scenario, fileSizeBytes: scenario.fileSizeBytes * 2 };
  assert.equal(scenarioKey(larger), scenarioKey(scenario));
  const sized = { ...scenario, durationNs: undefined };
  assert.notEqual(scenarioKey({ ...larger, durationNs: undefined }), scenarioKey(sized));
});

test("a file grows with the duration as far as space allows, and a trial that is too short says so", async () => {
  const { code } = await puntbench([
    ...["bench", "--dir", folder, "--out", `${folder}/results`, "--rounds", "1"],
    ...["--preparations", "fallocate-0", "--queue-depths", "8"],
    ...["--duration", "10m", "--max-space", "20M"],
  ]);
  assert.equal(code, 0);
  const [header, trial] = onlyRunBelow(`${folder}/results`);
  assert.ok(header?.type === "header" && trial?.type === "trial");
  const { fileSizeBytes } = trial.scenario;
  assert.ok(fileSizeBytes > 19 << 20 && fileSizeBytes <= 20 << 20);
  const { bytes = 0, ramp } = trial.measurement ?? {};
  assert.equal(bytes + (ramp?.writes ?? 0) * 4096, fileSizeBytes);
  assert.equal(header.scenarios[0]?.fileSizeBytes, fileSizeBytes);
  assert.match(
    trial.warnings.join(),
    /lasted less than 600 s, because its file may take 20 MiB \(--max-space\), which lasts about/,
  );
});
