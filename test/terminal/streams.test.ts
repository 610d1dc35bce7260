import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gitCommit } from "../../terminal/git-commit.js";
import { packageRoot } from "../../terminal/package-root.js";
import { writeFixture } from "../analysis/fixture.js";
import { CLI } from "../support/puntbench.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-streams-"));
after(() => rmSync(folder, { recursive: true }));
const file = writeFixture(join(folder, "a.jsonl"), { kernelLabel: "6.12", rounds: 2, writes: 32 });

/** Runs the export with its streams redirected by the shell. */
function exported(redirections: string) {
  const script = `exec "$0" "$@" ${redirections}`;
  const args = ["-c", script, process.execPath, CLI, "export", file];
  return spawnSync("sh", args, { encoding: "utf8" });
}

test("a full standard output is one line with a remedy and exit code 1", () => {
  const { status, stderr } = exported(">/dev/full");
  assert.equal(status, 1);
  assert.match(stderr, /standard output cannot be written \(ENOSPC\)/);
  assert.doesNotMatch(stderr, /\bat .*\.js:\d+/);
});

for (const redirections of [">&-", "2>&-", "2>/dev/full"]) {
  test(`with ${redirections} the command ends as always`, () => {
    const { status, stderr } = exported(redirections);
    assert.equal(status, 0, stderr);
    assert.equal(stderr, "");
  });
}

test("with both streams full the exit code still tells of the failure", () => {
  assert.equal(exported(">/dev/full 2>/dev/full").status, 1);
});

test("asking git for the commit does not write its index", () => {
  const { stdout } = spawnSync("git", ["rev-parse", "--git-path", "index"], {
    cwd: packageRoot(),
    encoding: "utf8",
  });
  const index = () => statSync(stdout.trim(), { bigint: true }).mtimeNs;
  const before = index();
  gitCommit();
  assert.equal(index(), before);
});

test("when the terminal hangs up, the bench removes its files and ends with 130", () => {
  const hangUp = join(packageRoot(), "test", "faults", "programs", "hang-up.py");
  const bench = ["bench", "--dir", folder, "--out", join(folder, "out"), "--quick"];
  const args = [hangUp, "trials to run", process.execPath, CLI, ...bench];
  const { stdout, stderr } = spawnSync("python3", args, { encoding: "utf8" });
  // Without care Node.js aborts at its end: its code is 134 or 139 then.
  assert.equal(stdout.trim(), "130", stderr);
  const left = readdirSync(folder).filter((name) => name.startsWith("puntbench-scratch"));
  assert.deepEqual(left, []);
});
