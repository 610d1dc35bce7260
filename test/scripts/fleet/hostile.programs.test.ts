import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { findProgram } from "../../../terminal/find-program.js";
import { scratchFolder } from "../../support/kernel.js";
import { play, sshKey, writeInventory } from "../../support/playbook.js";
import { noSshServer, SshServer } from "../../support/ssh-server.js";

const skip = noSshServer;
const folder = scratchFolder();
const results = join(folder, "results/fleet");
/** What Ansible would run here if it took a host's words for a template. */
const TEMPLATE = `{{ lookup('pipe', 'touch ${join(folder, "pwned")}') }}`;
/** What the host answers instead of running puntbench: `$1` is its command. */
const answer = join(folder, "answer");
let key: ReturnType<typeof sshKey>;
let server: SshServer | undefined;

before(async () => {
  if (skip) return;
  const node = join(folder, "node");
  const lines = [`if [ "$1" = -p ]; then echo 99.0.0 '${node}'; exit; fi`, `shift; . '${answer}'`];
  writeFileSync(node, `#!/bin/sh\n${lines.join("\n")}\n`, { mode: 0o755 });
  key = sshKey(folder);
  server = await SshServer.start(folder, key, { over: { [node]: findProgram("node") as string } });
});
after(() => server?.stop());

/** @param lines of a shell script, in which `$1` is the command of puntbench that the host was asked for */
function bench(lines: readonly string[], more: Record<string, unknown> = {}) {
  writeFileSync(answer, `[ "$1" = doctor ] && { echo '{}'; exit; }\n${lines.join("\n")}\n`);
  const host = { name: "evil", port: server?.port ?? 0 };
  return play({
    name: "bench",
    inventory: writeInventory(folder, key.path, [host]),
    cwd: folder,
    variables: { puntbench_folder: join(folder, "remote"), ...more },
  });
}

const kept = () => readdirSync(results, { recursive: true, encoding: "utf8" }).sort();

test("of what a hostile host has beside its results only files with plain names come, into its own folder", {
  skip,
}, async () => {
  const { code, output } = await bench([
    "mkdir -p results/6.1 results/-o/deep",
    "ln -s /etc/hostname results/6.1/link.jsonl; ln -s /etc results/up",
    "mkfifo results/6.1/fifo.jsonl",
    "for name in ok.jsonl '$(touch pwned).jsonl' 'a b.jsonl' .hidden.jsonl; do echo '{}' >\"results/6.1/$name\"; done",
    `echo '{}' >"results/6.1/$(printf 'line\\nbreak.jsonl')"; echo '{}' >results/-o/deep/x.jsonl`,
    `echo ${JSON.stringify(TEMPLATE)}`,
  ]);
  assert.equal(code, 0, output);
  const files = ["", "/6.1", "/6.1/ok.jsonl", "/bench.json", "/doctor.json"];
  assert.deepEqual(
    kept(),
    files.map((name) => `evil${name}`),
  );
  assert.equal(readFileSync(join(results, "evil/bench.json"), "utf8"), TEMPLATE);
  assert.ok(!existsSync(join(folder, "pwned")));
});

test("a host that fails with words for Ansible is named with these words, which nothing runs", {
  skip,
}, async () => {
  const { code, summary, output } = await bench([`echo ${JSON.stringify(TEMPLATE)} >&2; exit 1`]);
  assert.notEqual(code, 0);
  assert.deepEqual(summary, ["0 of 1 hosts ran bench", `evil: Run puntbench: ${TEMPLATE}`], output);
  assert.ok(!existsSync(join(folder, "pwned")));
});

test("a host with more results than one would have is refused before they are fetched", {
  skip,
}, async () => {
  const before = kept();
  const { code, summary, output } = await bench(
    ["mkdir results; truncate --size 3M results/large.pbrec; echo '{}'"],
    { puntbench_most_mb: 2 },
  );
  assert.notEqual(code, 0, output);
  assert.deepEqual(summary.slice(1), [
    "evil: Check their size: more results than puntbench_most_mb, 2 MB, or than 1000 files",
  ]);
  assert.deepEqual(kept(), before);
});
