import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { analyse } from "../../analysis/loading/analysis.js";
import { puntbench } from "../support/puntbench.js";
import { writeFixture } from "./fixture.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-passed-over-"));
after(() => rmSync(folder, { recursive: true }));

const small = { rounds: 2, writes: 32, queueDepths: [8] } as const;
const whole = writeFixture(join(folder, "whole.jsonl"), { kernelLabel: "6.12", seed: 2, ...small });
const text = readFileSync(whole, "utf8");
const lines = text.trimEnd().split("\n");
const written = (name: string, content: string) => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};
const damaged = written("damaged.txt", [lines[0], "{no json", ...lines.slice(1, -1)].join("\n"));
const demand = ["--iops", "20k", "--p99", "10ms"];
const readers: [string, (file: string) => string[]][] = [
  ["compare", (file) => ["compare", whole, file]],
  ["plan", (file) => ["plan", ...demand, "--results", file]],
  ["export", (file) => ["export", file]],
];

for (const [name, command] of readers) {
  test(`${name} says on stderr which lines it passed over, and that the run is incomplete`, async () => {
    const { stderr } = await puntbench(command(damaged));
    assert.match(stderr, /damaged\.txt: line 2: not JSON: passed over/);
    assert.match(stderr, /damaged\.txt: no footer: the run was cut off/);
  });

  test(`${name} refuses a file of several runs put together`, async () => {
    const { code, stderr } = await puntbench(command(written("twice.txt", text + text)));
    assert.equal(code, 1);
    assert.match(stderr, /twice\.txt: line \d+ is a second header/);
  });
}

test("a trial that stands twice in a file counts once", async () => {
  const file = written("again.txt", [...lines.slice(0, -1), ...lines.slice(1)].join("\n"));
  const trials = async (path: string) =>
    (await analyse([path])).cells.map((cell) => cell.runOf.length);
  assert.deepEqual(await trials(file), await trials(whole));
  const { stderr } = await puntbench(["export", file]);
  assert.match(stderr, /its footer counts \d+ trials, \d+ could be read/);
});

test("plan says of a file with a header only that it holds no trial", async () => {
  const file = written("header.txt", `${lines[0]}\n`);
  const { code, stderr } = await puntbench(["plan", ...demand, "--results", file]);
  assert.equal(code, 1);
  assert.match(stderr, /header\.txt: it holds no trial/);
  assert.doesNotMatch(stderr, /emulated/);
});

test("plan names an interrupted run", async () => {
  const footer = {
    ...JSON.parse(lines.at(-1) as string),
    outcome: "interrupted",
    reason: "SIGINT",
  };
  const file = written("cut.txt", [...lines.slice(0, -1), JSON.stringify(footer)].join("\n"));
  const { stderr } = await puntbench(["plan", ...demand, "--results", file]);
  assert.match(stderr, /cut\.txt: the run was interrupted after \d+ trials: SIGINT/);
});
