import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readJobFile } from "../../../bench/fio/job-file.js";
import { findProgram } from "../../../terminal/find-program.js";
import { scratchFolder } from "../../support/kernel.js";

const folder = scratchFolder();
const noFio = findProgram("fio") === null && "SKIPPED, needs fio: ./scripts/bootstrap --dev";

function written(name: string, ...lines: string[]): string {
  const file = join(folder, name);
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

const MANY = [
  "; a comment",
  "[global]",
  "bs=4k ; why",
  `size=\${SIZE}  # of the environment`,
  "",
  "  [first job]",
  "rw=write",
  "bs=8k",
  "bs=16k",
  "time_based",
  "[global]",
  "iodepth=4",
  "include more.fio",
  "[twice]",
  "rw=randwrite",
  "[twice]",
  "rw=write",
  "bs=1m",
];

const read = (file: string, environment: NodeJS.ProcessEnv = {}) =>
  readJobFile(file, environment).map(({ name, options }) => [name, Object.fromEntries(options)]);

/** As `fio --showcmd` of fio 3.33 shows them. */
const EXPECTED = [
  ["first job", { size: "16m", rw: "write", bs: "16k", time_based: null }],
  ["twice", { bs: "4k", size: "16m", iodepth: "4", runtime: "5", rw: "randwrite" }],
  ["twice", { size: "16m", iodepth: "4", runtime: "5", rw: "write", bs: "1m" }],
];

test("sections, inheritance, comments, variables and included files are read as fio reads them", () => {
  written("more.fio", "runtime=5");
  assert.deepEqual(read(written("many.fio", ...MANY), { SIZE: "16m" }), EXPECTED);
});

test("fio names the same jobs of that file", { skip: noFio }, () => {
  written("more.fio", "runtime=5");
  const env = { ...process.env, SIZE: "16m" };
  const args = ["--showcmd", written("many.fio", ...MANY)];
  const { stdout } = spawnSync("fio", args, { env, cwd: folder, encoding: "utf8" });
  const names = [...stdout.matchAll(/--name=(.*?) --/g)].map(([, name]) => name);
  assert.deepEqual(
    names,
    EXPECTED.map(([name]) => name),
  );
});

const REFUSED: [what: string, lines: string[], message: RegExp][] = [
  [
    "an option before the first section",
    ["rw=write"],
    /bad\.fio:1: option 'rw=write' stands before/,
  ],
  ["a section that is not closed", ["[a]", "[b"], /bad\.fio:2: the section '\[b' has no/],
  ["a variable that is not set", ["[a]", `size=\${NO}`], /bad\.fio:2: the environment has no NO/],
  ["a file that includes itself", ["[a]", "include bad.fio"], /include each other/],
  [
    "an included file that is missing",
    ["[a]", "include nowhere.fio"],
    /nowhere\.fio cannot be read \(ENOENT\)/,
  ],
];

for (const [what, lines, message] of REFUSED) {
  test(`${what} is refused by its place`, () => {
    assert.throws(() => read(written("bad.fio", ...lines)), { name: "UsageError", message });
  });
}
