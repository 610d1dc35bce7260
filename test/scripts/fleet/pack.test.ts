import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../../terminal/package-root.js";
import { scratchFolder } from "../../support/kernel.js";

const folder = scratchFolder();
const packages = join(folder, "packages");

function pack() {
  const program = join(packageRoot(), "dist/scripts/fleet/pack.js");
  return JSON.parse(execFileSync(process.execPath, [program, packages], { encoding: "utf8" }));
}

// As an earlier build left it.
mkdirSync(packages);
writeFileSync(join(packages, `puntbench-${"0".repeat(16)}.tar.gz`), "");
const first = pack();
const { built, node, source } = first;

test("what is packed is the same each time, and an older package does not stay", () => {
  assert.deepEqual(pack(), first);
  const files = readdirSync(packages).map((name) => join(packages, name));
  assert.deepEqual(files.sort(), [built, node, source].sort());
});

test("the build runs with its own node and libraries, and asks the kernel", () => {
  const home = join(folder, "home");
  mkdirSync(home);
  for (const archive of [built, node]) execFileSync("tar", ["-xf", archive, "-C", home]);
  const words = [join(home, "dist/cli.js"), "probe", folder, "--json"];
  const { stdout, stderr } = spawnSync(join(home, "bin/node"), words, {
    encoding: "utf8",
    env: { LD_LIBRARY_PATH: join(home, "lib") },
  });
  assert.equal(JSON.parse(stdout || "{}").unavailable?.pwritev2, null, stderr);
});
