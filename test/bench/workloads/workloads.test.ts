import assert from "node:assert/strict";
import { before, test } from "node:test";
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

interface Measured extends Record<string, unknown> {
  trials: number;
  stream: string | null;
}

let measured: Measured[] = [];
let about = "";

before(async () => {
  const open = ["-q", "4", "-p", "fallocate-0"];
  const { code, stdout, stderr } = await puntbench([
    "bench",
    "--workload",
    "all",
    ...open,
    ...QUICK,
  ]);
  assert.equal(code, 0, stderr);
  measured = JSON.parse(stdout).scenarios;
  about = stderr;
});

for (const { name, streams } of WORKLOADS) {
  test(`bench --workload ${name} runs the scenarios that its values say`, () => {
    for (const { words } of streams.flatMap(openParameters)) {
      assert.ok(about.includes(`no public source fixes ${words}`), words);
    }
    for (const stream of streams) {
      const { preparation, queueDepth, blockSizeBytes, order, durability, operation } = stream;
      const wanted = Object.entries({ preparation, queueDepth, blockSizeBytes, order });
      const said = [durability?.value, operation?.value].filter((word) => word && word !== "write");
      const found = measured.find(
        (scenario) =>
          wanted.every(([key, known]) => known === undefined || scenario[key] === known.value) &&
          said.every((word) => scenario.stream?.includes(String(word))),
      );
      assert.equal(found?.trials, 1, `${name}: ${JSON.stringify(wanted)}`);
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
