import assert from "node:assert/strict";
import { test } from "node:test";
import { openParameters, WORKLOADS, workloadsNamed } from "../../../bench/workloads/workloads.js";
import { scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const folder = scratchFolder();
const QUICK = ["--quick", "--rounds", "1", "--json", "--dir", folder, "--out", folder];

test("the nine workloads are there, and an unknown name is refused", () => {
  assert.equal(WORKLOADS.length, 9);
  assert.throws(() => workloadsNamed("nothing"), { name: "UsageError", message: /no 'nothing'/ });
});

test("every value of a workload names a repository with a path, an issue, or a page", () => {
  for (const { name, streams } of WORKLOADS) {
    for (const { value, source } of streams.flatMap((stream) => Object.values(stream))) {
      assert.match(
        source,
        /^https:\/\/|^[\w.-]+\/[\w.-]+ |^PostgreSQL (doc|src)\//,
        `${name}: ${value}`,
      );
    }
  }
});

test("`puntbench workloads` lists each with its sources, and says what no source fixes", async () => {
  const { code, stdout } = await puntbench(["workloads"]);
  assert.equal(code, 0);
  for (const { name } of WORKLOADS) assert.ok(stdout.includes(`\n${name}: `), name);
  assert.match(stdout, /no source fixes the depth: --queue-depths chooses it/);
});

for (const { name, streams } of WORKLOADS) {
  test(`bench --workload ${name} runs the scenarios that its values say`, async () => {
    const open = streams.flatMap(openParameters);
    const one = open.some((parameter) => parameter.name === "queueDepth")
      ? ["--queue-depths", "4"]
      : [];
    const { code, stdout, stderr } = await puntbench([
      "bench",
      "--workload",
      name,
      ...one,
      ...QUICK,
    ]);
    assert.equal(code, 0, stderr);
    for (const { words } of open) assert.ok(stderr.includes(`no public source fixes ${words}`));
    const { scenarios } = JSON.parse(stdout);
    for (const stream of streams) {
      const { preparation, queueDepth, blockSizeBytes, order } = stream;
      const wanted = Object.entries({ preparation, queueDepth, blockSizeBytes, order });
      const found = scenarios.filter((scenario: Record<string, unknown>) =>
        wanted.every(([key, sourced]) => sourced === undefined || scenario[key] === sourced.value),
      );
      assert.ok(found.length > 0, `${name}: ${stdout}`);
      for (const { trials, stream: request } of found) {
        assert.equal(trials, 1);
        const said = [stream.durability?.value, stream.operation?.value].filter(
          (word) => word !== undefined && word !== "write",
        );
        for (const word of said) assert.ok(request.includes(word), `${request} of ${name}`);
      }
    }
  });
}

test("--workload and an option that it decides exclude each other, and an open one chooses", async () => {
  const { code, stderr } = await puntbench([
    ...["bench", "--workload", "sstable-flush", "--queue-depths", "4"],
  ]);
  assert.equal(code, 2);
  assert.match(stderr, /--workload sstable-flush and --queue-depths exclude each other/);
  const grouped = await puntbench([
    ...["bench", "--workload", "group-commit", "--durability", "group-fdatasync:3"],
    ...["--queue-depths", "2", ...QUICK],
  ]);
  assert.equal(grouped.code, 0, grouped.stderr);
  const [scenario] = JSON.parse(grouped.stdout).scenarios;
  assert.match(scenario.stream, /buffered, group-fdatasync:3/);
  assert.equal(scenario.queueDepth, 2);
});
