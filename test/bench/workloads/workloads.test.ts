import assert from "node:assert/strict";
import { test } from "node:test";
import { needsOf, valuesOf, WORKLOADS } from "../../../bench/workloads/workloads.js";
import { scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const folder = scratchFolder();
const runnable = WORKLOADS.filter((workload) => needsOf(workload).length === 0);

test("every value of a workload names a repository with a path, an issue, or a page", () => {
  for (const { name, parameters, needs } of WORKLOADS) {
    for (const { value, source } of [...Object.values(parameters), ...needs]) {
      assert.match(source, /^https:\/\/|^[\w.-]+\/[\w.-]+ |^PostgreSQL doc\//, `${name}: ${value}`);
    }
  }
});

test("a workload whose stream the driver cannot make is refused, with what it needs", () => {
  for (const workload of WORKLOADS.filter((each) => !runnable.includes(each))) {
    const [need = ""] = needsOf(workload);
    assert.throws(
      () => valuesOf(workload.name),
      (error: Error) => error.message.includes(need),
    );
  }
  assert.throws(() => valuesOf("nothing"), { name: "UsageError", message: /no 'nothing'/ });
});

test("`puntbench workloads` lists each with its sources", async () => {
  const { code, stdout } = await puntbench(["workloads"]);
  assert.equal(code, 0);
  for (const { name } of WORKLOADS) assert.ok(stdout.includes(`\n${name}: `), name);
});

for (const { name } of runnable) {
  test(`bench --workload ${name} runs the scenario that its values say`, async () => {
    const place = ["--dir", folder, "--out", folder];
    const { code, stdout, stderr } = await puntbench([
      "bench",
      "--workload",
      name,
      "--quick",
      "--rounds",
      "1",
      "--json",
      ...place,
    ]);
    assert.equal(code, 0, stderr);
    const { preparation, queueDepth, blockSizeBytes, order } = JSON.parse(stdout).scenarios[0];
    const { durability, ...values } = valuesOf(name);
    assert.equal(durability, "none");
    assert.deepEqual({ preparation, queueDepth, blockSizeBytes, order }, values);
  });
}

test("--workload and an option that it decides exclude each other", async () => {
  const { code, stderr } = await puntbench([
    "bench",
    "--workload",
    "sstable-flush",
    "--queue-depths",
    "4",
  ]);
  assert.equal(code, 2);
  assert.match(stderr, /--workload and --queue-depths exclude each other/);
});
