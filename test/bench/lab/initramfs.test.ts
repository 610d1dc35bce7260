import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { writeArchive } from "../../../bench/lab/image/cpio.js";
import { initScript } from "../../../bench/lab/image/init-script.js";
import { orderText } from "../../../bench/lab/image/initramfs.js";
import type { GuestJob } from "../../../bench/lab/image/job.js";
import { findProgram } from "../../../terminal/find-program.js";
import { shellWord } from "../../../terminal/quote.js";

const busybox = findProgram("busybox");

const JOB: GuestJob = {
  filesystem: "ext4",
  device: "virtio-blk",
  stack: [],
  guestDevice: { sizeBytes: 2 ** 28, latencyNs: 0 },
  mountOptions: [],
  commands: [["/puntbench/dist/cli.js", "bench", "--kernel-label", "it's 6.1"]],
  environment: { PUNTBENCH_LAB: '{"a":"b c"}' },
  nodePath: "/usr/bin/node",
  heartbeat: true,
  shell: false,
  fault: null,
};

/** Runs a POSIX shell over the script without executing it. */
const isShell = (script: string) =>
  spawnSync("sh", ["-n"], { input: script, encoding: "utf8" }).stderr;

test("the archive unpacks into the same files and modes, links followed, folders made", {
  skip: busybox === null && "SKIPPED, needs busybox",
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "puntbench-cpio-"));
  try {
    const [from, to] = [join(folder, "from"), join(folder, "to")];
    for (const path of [from, to, join(from, "a"), join(from, "proc")]) mkdirSync(path);
    writeFileSync(join(from, "odd.bin"), Buffer.from([0, 1, 2, 255, 10]), { mode: 0o755 });
    writeFileSync(join(from, "a/empty"), "");
    symlinkSync("..", join(from, "a/up"));
    const archive = join(folder, "archive.cpio");
    await writeArchive(busybox as string, from, ["proc", "a/empty", "a/up/odd.bin"], archive);
    const input = readFileSync(archive);
    const run = spawnSync(busybox as string, ["cpio", "-id"], { cwd: to, input });
    assert.equal(run.status, 0, run.stderr.toString());
    assert.deepEqual([...readFileSync(join(to, "a/up/odd.bin"))], [0, 1, 2, 255, 10]);
    assert.equal(statSync(join(to, "a/up/odd.bin")).mode & 0o777, 0o755);
    assert.ok(lstatSync(join(to, "a/up")).isDirectory());
    assert.equal(statSync(join(to, "a/empty")).size, 0);
    assert.ok(statSync(join(to, "proc")).isDirectory());
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the guest's script is a shell script for every filesystem, device, fault and the prompt", () => {
  for (const change of [
    {},
    { filesystem: "btrfs-nocow", mountOptions: ["noatime", "commit=5"] },
    { device: "null_blk", guestDevice: { sizeBytes: 2 ** 28, latencyNs: 50_000 } },
    { filesystem: "f2fs" },
    { filesystem: "block" },
    { shell: true },
    { fault: "panic", heartbeat: false },
  ] as Partial<GuestJob>[]) {
    assert.equal(isShell(initScript({ ...JOB, ...change })), "");
  }
});

test("words of a command reach the guest as they are", () => {
  const words = ["plain", "it's 6.1", "a b", "$HOME", "`id`", "*", ""];
  const line = `printf '%s\\n' ${words.map(shellWord).join(" ")}`;
  const { stdout } = spawnSync("sh", ["-c", line], { encoding: "utf8" });
  assert.deepEqual(stdout.split("\n").slice(0, -1), words);
});

test("the signs of life can be left out", () => {
  assert.match(initScript(JOB), /alive/);
  assert.doesNotMatch(initScript({ ...JOB, heartbeat: false }), /alive/);
});

test("btrfs without copy-on-write is btrfs mounted so", () => {
  assert.match(initScript({ ...JOB, filesystem: "btrfs-nocow" }), /-t btrfs -o nodatacow /);
});

test("the disk itself is handed to the commands, and nothing is mounted from it", () => {
  const script = initScript({ ...JOB, filesystem: "block" });
  assert.match(script, /^export PUNTBENCH_LAB_DISK="\$scratch"$/m);
  assert.match(script, /^mount -t tmpfs .*\/scratch/m);
  assert.doesNotMatch(script, /^mount .*"\$scratch"/m);
  assert.doesNotMatch(initScript(JOB), /PUNTBENCH_LAB_DISK/);
});

test("the guest makes the filesystem of a device that the host did not, once, on the topmost layer and before it is mounted", () => {
  const stack = ["luks", "lvm"] as const;
  for (const change of [
    { device: "null_blk" },
    { stack },
    { stack, device: "null_blk" },
  ] as const) {
    const script = initScript({ ...JOB, ...change });
    assert.equal(script.split("cat /mkfs").length, 2);
    const layers = "stack" in change ? ["stack_dm luks", "stack_dm lvm"] : [];
    const places = [...layers, "cat /mkfs", "mount -t ext4 "].map((text) =>
      script.lastIndexOf(text),
    );
    assert.ok(places.every((place) => place > 0));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  }
  assert.doesNotMatch(initScript(JOB), /mkfs/);
});

test("modules are listed in order, decompressed, with the parameters that they get", () => {
  const steps = [
    { path: "kernel/crypto/crc32c-intel.ko.xz", required: false },
    { path: "kernel/drivers/block/null_blk/null_blk.ko.zst", required: true },
  ];
  assert.equal(orderText(steps), "crc32c-intel.ko optional\nnull_blk.ko required nr_devices=0\n");
});
