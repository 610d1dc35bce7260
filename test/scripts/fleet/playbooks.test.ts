import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../../terminal/package-root.js";
import { cannotRun } from "../../support/kernel.js";

const folder = join(packageRoot(), "scripts", "fleet");
const playbooks = readdirSync(folder).filter((name) => name.endsWith(".yml"));

test("Ansible reads every playbook and the role", {
  skip: cannotRun("ansible-playbook", "--version"),
}, () => {
  assert.deepEqual(playbooks.sort(), ["bench.yml", "probe.yml", "record.yml", "watch.yml"]);
  const args = ["--syntax-check", "-i", "localhost,", ...playbooks];
  const { status, stderr } = spawnSync("ansible-playbook", args, { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, stderr);
});

test("ansible-lint has nothing to say", { skip: cannotRun("ansible-lint", "--version") }, () => {
  const args = ["--offline", "--nocolor", "--profile", "moderate", ...playbooks];
  const { status, stdout } = spawnSync("ansible-lint", args, { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, stdout);
});
