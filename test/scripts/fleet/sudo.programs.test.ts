import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { completeHeader } from "../../../bench/lab/results-file.js";
import { findProgram } from "../../../terminal/find-program.js";
import { cannotRun, scratchFolder } from "../../support/kernel.js";
import { type InventoryHost, play, sshKey, writeInventory } from "../../support/playbook.js";
import { noSshServer, SshServer } from "../../support/ssh-server.js";
import { usersOf } from "../../support/ssh-users.js";

const skip =
  noSshServer ||
  (findProgram("sudo") === null && "SKIPPED, needs sudo: ./scripts/bootstrap --dev") ||
  cannotRun("c++", "--version");
const folder = scratchFolder();
const measured = join(folder, "data");
const results = join(folder, "results/fleet");
let key: ReturnType<typeof sshKey>;
let server: SshServer | undefined;
let users: ReturnType<typeof usersOf>;

before(async () => {
  if (skip) return;
  chmodSync(folder, 0o755);
  mkdirSync(measured);
  key = sshKey(folder);
  users = usersOf(folder, { trusted: "ALL=(ALL) NOPASSWD: ALL", asked: "ALL=(ALL) ALL" });
  // As a host says whose C library is too old for this machine's build.
  const getconf = join(folder, "getconf");
  writeFileSync(getconf, "#!/bin/sh\necho glibc 2.17\n", { mode: 0o755 });
  const over = { ...users.over, [getconf]: findProgram("getconf") as string };
  server = await SshServer.start(folder, key, { over });
});
after(() => server?.stop());

function bench(user: string, words: string[] = []) {
  const host: InventoryHost = {
    name: user,
    port: server?.port ?? 0,
    variables: { ansible_user: user, puntbench_directory: measured },
  };
  const small = ["--quick", "-p", "fallocate-0", "-q", "1", "--rounds", "1", "--arms", "inline"];
  return play({
    name: "bench",
    inventory: writeInventory(folder, key.path, [host]),
    cwd: folder,
    variables: { puntbench_become: true, puntbench_arguments: small },
    more: words,
  });
}

/** Files and folders in a user's home, but those of Ansible. */
const left = (user: string) =>
  readdirSync(users.home(user), { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith(".ansible"))
    .sort();

test("a host with an older C library compiles the source as a user who is not root, measures through sudo, and keeps nothing of it", {
  skip,
}, async (context) => {
  const startedAt = performance.now();
  const { code, output, summary } = await bench("trusted");
  assert.equal(code, 0, output);
  context.diagnostic(`${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  assert.deepEqual(summary, ["1 of 1 hosts ran bench"]);
  assert.match(output, /TASK \[puntbench : Build on the host\][^[]*\nchanged: \[trusted\]/);
  const files = readdirSync(join(results, "trusted"), { recursive: true, encoding: "utf8" });
  const [run = ""] = files.filter((name) => name.endsWith(".jsonl"));
  assert.ok(completeHeader(join(results, "trusted", run)), "the results file is not complete");
  assert.equal(statSync(join(results, "trusted", run)).uid, process.getuid?.());
  const said = JSON.parse(readFileSync(join(results, "trusted/doctor.json"), "utf8"));
  assert.equal(said.directory, measured);
  assert.deepEqual(left("trusted"), [".cache"]);
  assert.deepEqual(readdirSync(measured), []);
});

test("where sudo wants a password, the host is named with just that, before anything is brought to it", {
  skip,
}, async () => {
  for (const words of [["--check"], []]) {
    const { code, output, summary } = await bench("asked", words);
    assert.notEqual(code, 0, output);
    assert.equal(summary.length, 2, output);
    assert.equal(summary[1], "asked: Check the rights: Missing sudo password");
    assert.deepEqual(left("asked"), []);
  }
});
