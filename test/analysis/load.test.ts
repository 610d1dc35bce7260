import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Cells } from "../../analysis/cells/cells.js";
import { loadRuns } from "../../analysis/loading/load.js";
import { UserError } from "../../terminal/errors.js";
import { writeFixture } from "./fixture.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-load-"));
after(() => rmSync(folder, { recursive: true }));

function good(name: string, seed: number): string {
  return writeFixture(join(folder, name), { kernelLabel: "6.1", rounds: 2, seed });
}

test("a folder is read to any depth, each run once, and complete runs are known as such", async () => {
  good("deep/a/one.jsonl", 1);
  const two = good("deep/b/c/two.jsonl", 2);
  const cells = new Cells();
  const { runs } = await loadRuns([join(folder, "deep"), two], cells);
  const trials = cells.list().reduce((sum, cell) => sum + cell.runOf.length, 0);
  assert.equal(runs.length, 2);
  assert.equal(trials, 2 * 18 * 2);
  assert.ok(runs.every((run) => run.complete && run.trials.ok === 36 && run.warnings.length === 0));
});

test("a copy of a run in another file is left out, and a message says so", async () => {
  const file = good("copies/one.jsonl", 3);
  writeFileSync(join(folder, "copies/two.jsonl"), readFileSync(file));
  const { runs, problems } = await loadRuns([join(folder, "copies")], new Cells());
  assert.equal(runs.length, 1);
  assert.match(problems[0]?.message ?? "", /same run/);
});

test("a file cut off in the middle of a line keeps its whole lines and is marked incomplete", async () => {
  const file = good("cut.jsonl", 4);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.slice(0, text.length * 0.6));
  const { runs } = await loadRuns([file], new Cells());
  assert.equal(runs[0]?.complete, false);
  assert.ok((runs[0]?.trials.ok ?? 0) > 10);
  assert.match(runs[0]?.warnings.join("\n") ?? "", /cut off in the middle/);
  assert.match(runs[0]?.warnings.join("\n") ?? "", /no footer/);
});

test("a damaged line in the middle is left out and named by its number, and the rest is kept", async () => {
  const file = good("damaged.jsonl", 5);
  const lines = readFileSync(file, "utf8").split("\n");
  lines[3] = "{ not json";
  lines[5] = JSON.stringify({ type: "trial", round: -1 });
  writeFileSync(file, lines.join("\n"));
  const { runs } = await loadRuns([file], new Cells());
  assert.equal(runs[0]?.trials.ok, 34);
  assert.equal(runs[0]?.warnings[0], "line 4: not JSON: passed over; 1 more like this");
});

test("a file from the future is refused by its version, alone or in a folder", async () => {
  const file = good("future/next.jsonl", 6);
  const text = readFileSync(file, "utf8").replace('"schemaVersion":2', '"schemaVersion":3');
  writeFileSync(file, text);
  await assert.rejects(
    loadRuns([file], new Cells()),
    /schema version 3, this puntbench reads versions 1 and 2/,
  );
  good("future/present.jsonl", 7);
  const { runs, problems } = await loadRuns([join(folder, "future")], new Cells());
  assert.equal(runs.length, 1);
  assert.match(problems[0]?.message ?? "", /schema version 3/);
});

test("a file that is not a results file is refused with one clear message and a remedy", async () => {
  const empty = join(folder, "empty");
  mkdirSync(empty);
  const foreign = join(folder, "foreign.jsonl");
  writeFileSync(foreign, '{"hello": 1}\n');
  const nothing = join(folder, "nothing.jsonl");
  writeFileSync(nothing, "");
  const binary = join(folder, "binary.jsonl");
  appendFileSync(binary, Buffer.from([0, 255, 10, 254, 0]));
  for (const [path, words] of [
    [empty, /no results in/],
    [foreign, /first line is not its header/],
    [nothing, /empty/],
    [binary, /first line is not its header/],
    [join(folder, "missing"), /no such file or folder/],
  ] as const) {
    await assert.rejects(loadRuns([path], new Cells()), (error: Error) => {
      assert.ok(error instanceof UserError && error.remedy.length > 0, String(error));
      assert.match(error.message, words);
      return true;
    });
  }
});
