import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { freePort } from "../../support/free-port.js";
import { cannotRun, scratchFolder } from "../../support/kernel.js";
import { type InventoryHost, play, sshKey, writeInventory } from "../../support/playbook.js";
import { fioJob } from "../../support/recording.js";
import { noSshServer, SshServer } from "../../support/ssh-server.js";
import { tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
const skip = noSshServer;
const remote = join(folder, "remote");
/** A shell that read it would make a file. */
const measured = join(folder, "$(touch pwned) 'data'");
const results = join(folder, "results/fleet");
const variables = { puntbench_folder: remote };
let key: ReturnType<typeof sshKey>;
let server: SshServer | undefined;

before(async () => {
  if (skip) return;
  mkdirSync(measured);
  key = sshKey(folder);
  server = await SshServer.start(folder, key);
});
after(() => server?.stop());

const host = (name: string, own: Record<string, string> = {}): InventoryHost => ({
  name,
  port: server?.port ?? 0,
  variables: { puntbench_directory: measured, ...own },
});
const probe = (
  hosts: readonly InventoryHost[],
  more: Record<string, unknown>,
  words: string[] = [],
) =>
  play({
    name: "probe",
    inventory: writeInventory(folder, key.path, hosts),
    cwd: folder,
    variables: { ...variables, ...more },
    more: words,
  });

test("--check looks at the host and changes nothing, there or here", { skip }, async () => {
  const { code, output, summary, recap } = await probe([host("one")], {}, ["--check"]);
  assert.equal(code, 0, output);
  assert.deepEqual(summary, ["1 of 1 hosts can run probe"]);
  assert.equal(recap("one").changed, 0);
  assert.ok(!existsSync(remote) && !existsSync(results));
});

test("hosts of a device group take turns; those that fail are named, each with its reason, and stop nobody", {
  skip,
}, async () => {
  const now = new Date();
  const hour = (hours: number) => `${String((now.getHours() + hours) % 24).padStart(2, "0")}:00`;
  const hosts = [
    host("one", { puntbench_device_group: "array" }),
    host("two", { puntbench_device_group: "array" }),
    { ...host("gone"), port: await freePort() },
    host("..", {}),
    host("bare", { puntbench_directory: join(folder, "none") }),
    host("words", { puntbench_window: "22-5" }),
    host("night", { puntbench_window: `${hour(2)}-${hour(4)}` }),
  ];
  const { code, output, summary, recap } = await probe(hosts, { puntbench_keep: true });
  assert.notEqual(code, 0);
  assert.equal(summary[0], "2 of 7 hosts ran probe", output);
  assert.deepEqual(
    summary
      .slice(1)
      .sort()
      .map((line) => line.replace(/it is [\d:]+/, "it is NOW")),
    [
      "..: Check the host's name: the host's name cannot be that of a folder",
      "bare: Check the directory: failed",
      "gone: cannot be reached",
      `night: Check the host's window: it is NOW on the host, outside of its window ${hour(2)}-${hour(4)}`,
      "words: Check the words of the window: puntbench_window is written as 22:00-05:00",
    ],
  );
  assert.equal(recap("gone").unreachable, 1);
  assert.equal(output.split("TASK [puntbench : Run puntbench]").length - 1, 2, "one run a turn");
  assert.deepEqual(readdirSync(results).sort(), ["one", "two"]);
  const answer = JSON.parse(readFileSync(join(results, "one/probe.json"), "utf8"));
  assert.equal(answer.directory, measured);
  assert.equal(
    JSON.parse(readFileSync(join(results, "two/doctor.json"), "utf8")).directory,
    measured,
  );
  const [packed = ""] = readdirSync(remote).filter((name) => name.startsWith("one-"));
  const stays = readdirSync(join(remote, packed));
  assert.ok(stays.includes("complete") && !stays.some((name) => name.startsWith("results")));
  for (const place of [folder, measured]) assert.ok(!existsSync(join(place, "pwned")));
});

test("a host that has the package gets nothing again, and without puntbench_keep it is left as it was", {
  skip,
}, async () => {
  const { code, output, recap } = await probe([host("one")], {});
  assert.equal(code, 0, output);
  assert.doesNotMatch(output, /TASK \[puntbench : Unpack the package\][^\n]*\nchanged/);
  // The new answer here, and the removal there.
  assert.ok((recap("one").changed ?? 9) <= 2, output);
  assert.deepEqual(
    readdirSync(remote).filter((name) => name.startsWith("one-")),
    [],
  );
  assert.deepEqual(readdirSync(measured), []);
});

const probed = tryToWatch();
probed.watch?.close();

test("watch and record bring back what a program of the host did", {
  skip: skip || probed.skip || cannotRun("fio", "--version"),
}, async () => {
  const endless = ["--time_based", "--runtime=10m", "--rate_iops=500", "--fallocate=none"];
  const job = fioJob(join(folder, "data-of-fio"), 256, "--rw=write", "--thread", ...endless);
  const fio = spawn("fio", job, { stdio: "ignore" });
  try {
    const inventory = writeInventory(folder, key.path, [host("three")]);
    const short = ["--pid", String(fio.pid), "--duration", "2s"];
    for (const name of ["watch", "record"]) {
      const arguments_ = name === "record" ? [...short, "--anonymise"] : short;
      const more = { ...variables, [`puntbench_${name}`]: arguments_ };
      const { code, output, summary } = await play({
        name,
        inventory,
        cwd: folder,
        variables: more,
      });
      assert.equal(code, 0, output);
      assert.deepEqual(summary, [`1 of 1 hosts ran ${name}`]);
    }
  } finally {
    fio.kill("SIGKILL");
  }
  const files = readdirSync(join(results, "three"), { recursive: true, encoding: "utf8" });
  const lines = files
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) =>
      readFileSync(join(results, "three", name), "utf8")
        .trim()
        .split("\n"),
    )
    .map((line) => JSON.parse(line));
  const seen = lines.filter(({ type }) => type === "observation");
  assert.deepEqual(new Set(seen.map(({ program }) => program)), new Set(["fio"]));
  const [recording = ""] = files.filter((name) => name.endsWith(".pbrec"));
  const bytes = readFileSync(join(results, "three", recording));
  assert.ok(bytes.length > 0 && !bytes.includes("data-of-fio"), "a name of a file was recorded");
});
