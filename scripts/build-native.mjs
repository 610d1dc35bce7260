// Builds native/ with node-gyp. npm runs this on install. It must then not fail where the addon cannot be
// built, because the analysis works without it. With --required, that is an error.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const required = process.argv.includes("--required");

const works = (command, ...args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

function missingPieces() {
  if (process.platform !== "linux") return ["Linux"];
  const missing = [];
  if (!works("c++", "--version")) missing.push("a C++20 compiler (g++)");
  if (!works("make", "--version")) missing.push("make");
  if (!works("python3", "--version")) missing.push("python3");
  if (!works("pkg-config", "--version")) missing.push("pkg-config");
  else if (!works("pkg-config", "--exists", "liburing >= 2.2"))
    missing.push("liburing-dev (2.2 or newer)");
  return missing;
}

function giveUp(reason) {
  console.error(
    `puntbench: the io_uring driver was not built: ${reason}. ` +
      "Reports and comparisons work without it; to measure, run ./scripts/bootstrap",
  );
  process.exit(required ? 1 : 0);
}

/** The headers that came with this node; without this option node-gyp would download them. */
function nodeDirectory() {
  const prefix = join(process.execPath, "..", "..");
  return existsSync(join(prefix, "include/node/node_api.h")) ? [`--nodedir=${prefix}`] : [];
}

const missing = missingPieces();
if (missing.length > 0) giveUp(`missing ${missing.join(", ")}`);

const nodeGyp = createRequire(import.meta.url).resolve("node-gyp/bin/node-gyp.js");
const build = spawnSync(
  process.execPath,
  [nodeGyp, "rebuild", "-j", "max", "-C", join(root, "native"), ...nodeDirectory()],
  { encoding: "utf8" },
);
if (build.status !== 0) {
  if (required) console.error(build.stdout + build.stderr);
  giveUp("the compiler failed; npm run build:native shows its output");
}
