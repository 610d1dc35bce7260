import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { labCommand } from "../../../bench/lab/command.js";
import { jobsOf } from "../../../bench/lab/jobs.js";
import { parseLabOptions, type RawLabOptions } from "../../../bench/lab/options.js";
import { jobsText } from "../../../bench/lab/session/jobs.js";
import type { LabKernel } from "../../../bench/lab/session/kernels.js";
import { completeRun } from "../../support/complete-run.js";
import { scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const RAW: RawLabOptions = { ...labCommand().opts(), kernels: "6.1" };
const KERNEL: LabKernel = {
  label: "6.1",
  release: "6.1.0-9-cloud-amd64",
  image: "vmlinuz",
  modules: "modules",
  packageName: "linux-image-6.1.0-9-cloud-amd64",
  packageVersion: "6.1.9-1",
};

function jobs(change: Partial<RawLabOptions>, bench: string[] = []) {
  const raw = { ...RAW, ...change };
  return jobsOf([KERNEL], parseLabOptions(raw, bench), raw, "parts");
}

test("a job is one boot of a package by its version, and parses as the lab's own options again", () => {
  const wanted = { boots: "2", memory: "2G", explain: true, filesystems: "ext4,xfs" };
  const found = jobs(wanted, ["--quick", "--seed", "7"]);
  assert.deepEqual(
    found.map(({ name, output }) => [name, output]),
    [
      ["6.1 ext4 1", "parts/6.1-ext4-1.jsonl"],
      ["6.1 xfs 1", "parts/6.1-xfs-1.jsonl"],
      ["6.1 xfs 2", "parts/6.1-xfs-2.jsonl"],
      ["6.1 ext4 2", "parts/6.1-ext4-2.jsonl"],
    ],
  );
  const [, , ...words] = found[1]?.argv ?? [];
  const command = labCommand();
  command.parseOptions(words);
  const again = command.opts<RawLabOptions>();
  assert.deepEqual(again, {
    ...RAW,
    flavour: "cloud-amd64",
    kernels: "6.1=6.1.9-1",
    filesystems: "xfs",
    memory: "2G",
    explain: true,
    resultsFile: "parts/6.1-xfs-1.jsonl",
  });
  assert.deepEqual(words.slice(-3), ["--quick", "--seed", "7"]);
  assert.deepEqual(found[0]?.inputs, [{ package: KERNEL.packageName, version: "6.1.9-1" }]);
});

test("files that a job reads are among its inputs", () => {
  const [first] = jobs({ replay: "wal.pbrec" });
  assert.deepEqual(first?.inputs.at(-1), { file: "wal.pbrec" });
});

test("results of several guests have no place in one file, and this machine's kernel is no job", () => {
  assert.throws(() => jobs({ boots: "2", resultsFile: "one.jsonl" }), /results of one guest/);
  assert.throws(() => jobs({ kernels: "host", jobsJson: "parts" }), /host/);
});

test("--collect brings complete results together, names what is missing, and can be repeated", async () => {
  const folder = scratchFolder();
  mkdirSync(join(folder, "parts"));
  const text = await completeRun(folder, "6.1");
  writeFileSync(join(folder, "parts/6.1-ext4-1.jsonl"), text);
  const cut = text.slice(0, text.lastIndexOf("\n", text.length - 2) + 1);
  writeFileSync(join(folder, "parts/6.1-ext4-2.jsonl"), cut);
  const printed = jobs({ boots: "3" });
  const other = { ...printed[0], name: "7.2 ext4 1" } as (typeof printed)[number];
  writeFileSync(join(folder, "jobs.json"), jobsText([...printed, other]));
  for (let times = 0; times < 2; times += 1) {
    const args = ["lab", "--collect", "jobs.json", "--out", "together"];
    const { code, stdout } = await puntbench(args, { cwd: folder });
    assert.equal(code, 1);
    assert.match(stdout, /^punted writes$/m);
    assert.match(stdout, /^1 of 4 jobs came back$/m);
    assert.match(stdout, /^missing: 6\.1 ext4 2: .* is no complete results file$/m);
    assert.match(stdout, /^missing: 6\.1 ext4 3: .* is not there$/m);
    assert.match(stdout, /^missing: 7\.2 ext4 1: .* holds results of 6\.1$/m);
  }
  const [name] = readdirSync(join(folder, "together/6.1"));
  assert.equal(readFileSync(join(folder, "together/6.1", name ?? ""), "utf8"), text);
});
