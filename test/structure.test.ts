import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../terminal/package-root.js";

const root = packageRoot();
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => /\.(ts|cc|h)$/.test(path));

/** What a folder may import besides itself. The direction that ARCHITECTURE.md draws. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  results: [],
  terminal: [],
  native: ["results", "terminal"],
  rules: ["results", "terminal"],
  environment: ["native", "results", "terminal"],
  bench: ["environment", "native", "probe", "results", "terminal"],
  probe: ["environment", "native", "results", "rules", "terminal"],
  inspect: ["environment", "native", "results", "rules", "terminal"],
  doctor: ["environment", "native", "results", "rules", "terminal"],
  explain: [
    "analysis",
    "bench",
    "environment",
    "native",
    "inspect",
    "results",
    "rules",
    "terminal",
  ],
  analysis: ["results", "terminal"],
  lab: ["results", "terminal"],
};

function importsOf(path: string): string[] {
  const source = readFileSync(join(root, path), "utf8");
  return [...source.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(([, target]) =>
    normalize(join(dirname(path), target as string)),
  );
}

for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
  test(`${folder}/ imports only ${[...allowed, "itself"].join(", ")}`, () => {
    const strays = files
      .filter((path) => path.startsWith(`${folder}/`))
      .flatMap((path) => importsOf(path).map((target) => ({ path, target })))
      .filter(({ target }) => ![folder, ...allowed].includes(target.split("/")[0] as string));
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

test("nothing is left open in the code", () => {
  const marks = new RegExp(
    ["TO" + "DO", "FIX" + "ME", "X" + "XX"].map((word) => `\\b${word}\\b`).join("|"),
  );
  assert.deepEqual(
    files.filter((path) => marks.test(readFileSync(join(root, path), "utf8"))),
    [],
  );
});
