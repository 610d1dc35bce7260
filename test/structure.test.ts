import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../terminal/package-root.js";

const root = packageRoot();
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => /\.(ts|cc|h)$/.test(path));

/**
 * What a folder may import besides itself: the table "Folders" of ARCHITECTURE.md, whose third column names the
 * folders (or, for the rooms of bench/, the rooms of bench/ and the folders at the top).
 */
const MAY_IMPORT = new Map(
  [
    ...readFileSync(join(root, "ARCHITECTURE.md"), "utf8").matchAll(
      /^\| `([^`]+\/)` \|[^|]*\| ([^|]*) \|$/gm,
    ),
  ].map(([, folder, imports]) => [
    (folder as string).slice(0, -1),
    [...(imports as string).matchAll(/`([^`]+)`/g)].map(([, name]) => name as string),
  ]),
);

function importsOf(path: string): string[] {
  const source = readFileSync(join(root, path), "utf8");
  return [...source.matchAll(/(?:from|import\(|import)\s*"(\.[^"]+)"/g)].map(([, target]) =>
    normalize(join(dirname(path), target as string)),
  );
}

/** The most specific folder of the table that holds this file. */
function folderOf(path: string): string | undefined {
  return [...MAY_IMPORT.keys()]
    .filter((folder) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];
}

test("the table of imports in ARCHITECTURE.md names every folder that holds code", () => {
  assert.ok(MAY_IMPORT.size >= 10, "the table was not found");
  assert.ok(files.flatMap(importsOf).length > 500, "the imports were not found");
  const strays = files.filter((path) => path.includes("/") && !/^(test|scripts)\//.test(path));
  assert.deepEqual(
    strays.filter((path) => folderOf(path) === undefined),
    [],
  );
});

for (const [folder, allowed] of MAY_IMPORT) {
  test(`${folder}/ imports only ${[...allowed, "itself"].join(", ")}`, () => {
    const strays = files
      .filter((path) => folderOf(path) === folder)
      .flatMap((path) => importsOf(path).map((target) => ({ path, target })))
      .filter(({ target }) => ![folder, ...allowed].includes(folderOf(target) ?? target));
    assert.deepEqual(strays, []);
  });
}

test("no import leads back to where it began, not even for a type", () => {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(" -> "));
    if (done.has(path) || way.includes(path)) return;
    for (const target of importsOf(path)) {
      const source = target.replace(/\.js$/, ".ts");
      if (files.includes(source)) visit(source, [...way, path]);
    }
    done.add(path);
  };
  for (const path of files.filter((name) => name.endsWith(".ts"))) visit(path, []);
  assert.deepEqual(circles, []);
});

/** Lines that hold code: blank ones and comments do not count, so that nobody saves on comments. */
function codeLines(path: string): number {
  return readFileSync(join(root, path), "utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(\/\/|\/\*|\*)/.test(line)).length;
}

test("no file holds more than 250 lines of code: past that it holds two ideas", () => {
  const large = files
    .map((path) => `${codeLines(path)} ${path}`)
    .filter((row) => Number.parseInt(row, 10) > 250);
  assert.deepEqual(large, []);
});

/** What a file is to its room: these names say it in every room. */
const ROLES = ["command.ts", "main.ts", "run.ts", "options.ts", "print.ts", "index.ts"];

test("no file name stands four times: the same word would mean four things", () => {
  const rooms = new Map<string, string[]>();
  for (const path of files.filter((name) => !name.startsWith("test/"))) {
    rooms.set(basename(path), [...(rooms.get(basename(path)) ?? []), dirname(path)]);
  }
  const repeated = [...rooms].filter(
    ([name, folders]) => folders.length >= 4 && !ROLES.includes(name),
  );
  assert.deepEqual(repeated, []);
});

test("the reading path in ARCHITECTURE.md is ten files that exist", () => {
  const architecture = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const steps = [...architecture.matchAll(/^(\d+)\. `([^`]+)`: /gm)];
  assert.deepEqual(
    steps.map(([, number]) => Number(number)),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  const missing = steps.map(([, , path]) => path as string).filter((path) => !files.includes(path));
  assert.deepEqual(missing, []);
});

test("makeFolders makes all folders, since mkdir's own recursion never ends below /proc", () => {
  const code = files.filter((path) => path.endsWith(".ts") && !/^(test|scripts)\//.test(path));
  const recursive = /\bmkdir(?:Sync)?\([^;]*recursive/;
  assert.deepEqual(
    code.filter((path) => recursive.test(readFileSync(join(root, path), "utf8"))),
    [],
  );
});

test("no file holds a mark of unfinished work", () => {
  const marks = new RegExp(
    ["TO" + "DO", "FIX" + "ME", "X" + "XX"].map((word) => `\\b${word}\\b`).join("|"),
  );
  assert.deepEqual(
    files.filter((path) => marks.test(readFileSync(join(root, path), "utf8"))),
    [],
  );
});
