import assert from "node:assert/strict";
import { test } from "node:test";
import { type MachineSpec, qemuArguments } from "../../../bench/lab/qemu/arguments.js";
import { guestFiles } from "../../../bench/lab/qemu/guest-output.js";
import { type GuestStatus, parseStatus } from "../../../bench/lab/qemu/guest-status.js";
import { passedLimit } from "../../../bench/lab/qemu/limits.js";

const SPEC: MachineSpec = {
  name: "puntbench-run",
  accelerator: "tcg",
  cpus: 2,
  memoryBytes: 2 ** 30,
  kernel: "/k/vmlinuz",
  initramfs: "/w/initramfs.cpio",
  systemImage: "/c/system,1.ext4",
  scratch: { kind: "virtio-blk", image: "/w/scratch.raw" },
  console: { fd: 3 },
  ports: [{ name: "puntbench.status", channel: { fd: 4 } }],
};

const argumentsText = (change: Partial<MachineSpec>) =>
  qemuArguments({ ...SPEC, ...change }).join(" ");

test("emulation runs all processors on one thread", () => {
  const text = argumentsText({});
  assert.match(text, /-accel tcg,thread=single -cpu max/);
  assert.match(text, /-smp 2 -m 1024M/);
  assert.match(text, /-no-reboot/);
  assert.match(text, /panic=-1 oops=panic/);
});

test("counting instructions makes a nanosecond one instruction", () => {
  assert.match(argumentsText({ accelerator: "tcg-icount" }), /-icount shift=0,sleep=off/);
});

test("under KVM the scratch disk bypasses the host's cache, since times count", () => {
  const text = argumentsText({ accelerator: "kvm" });
  assert.match(text, /-accel kvm -cpu host/);
  assert.match(text, /id=scratch,[^ ]*cache=none/);
});

test("disks are told apart by serial number, and a comma in a path is escaped", () => {
  const text = argumentsText({ scratch: { kind: "nvme", image: "/w/s.raw" } });
  assert.match(text, /-device nvme,drive=scratch,serial=scratch/);
  assert.match(text, /readonly=on[^ ]*,file=\/c\/system,,1\.ext4/);
});

test("a guest that makes its own device gets no scratch disk", () => {
  assert.doesNotMatch(argumentsText({ scratch: null }), /scratch/);
});

test("qemu may start no program and gain no privilege", () => {
  const denied = "obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";
  assert.match(argumentsText({}), new RegExp(`-sandbox on,${denied}( |$)`));
});

test("ports travel on descriptors that qemu inherits", () => {
  const text = argumentsText({});
  assert.match(text, /-chardev socket,id=status,fd=4/);
  assert.match(text, /virtserialport,chardev=status,name=puntbench\.status/);
});

test("what a guest says is understood, on its port and in the middle of a console line", () => {
  const cases: [string, GuestStatus | null][] = [
    ["puntbench-lab: step ready 3.21", { kind: "step", name: "ready", uptimeS: 3.21 }],
    ["puntbench-lab: step command 0 3.5", { kind: "step", name: "command 0", uptimeS: 3.5 }],
    ["puntbench-lab: trials 3 30", { kind: "trials", done: 3, total: 30 }],
    ["puntbench-lab: exit 1 137", { kind: "exit", command: 1, exitCode: 137 }],
    ["[ 1.2] puntbench-lab: fail mount: no", { kind: "fail", reason: "mount: no" }],
    ["puntbench-lab: done 9.9", { kind: "done" }],
    ["puntbench-lab: alive", { kind: "alive" }],
    ["Linux version 6.1", null],
    ["puntbench-lab: gibberish", null],
  ];
  for (const [line, status] of cases) assert.deepEqual(parseStatus(line), status);
});

test("files come back byte for byte, once they are all there", () => {
  const bytes = Buffer.from([0, 10, 255, 10]);
  const stream = Buffer.concat([
    Buffer.from("./stdout.0 0\n./results/6.1 x/a.jsonl 4\n"),
    bytes,
    Buffer.from("end\n"),
  ]);
  assert.deepEqual(guestFiles(stream), [
    { path: "stdout.0", content: Buffer.alloc(0) },
    { path: "results/6.1 x/a.jsonl", content: bytes },
  ]);
  for (let cut = 0; cut < stream.length; cut += 1) {
    assert.equal(guestFiles(stream.subarray(0, cut)), null, `cut at ${cut}`);
  }
});

test("a guest cannot name a file outside of its folder", () => {
  assert.equal(guestFiles(Buffer.from("./../../etc/passwd 0\nend\n")), null);
});

test("each limit is named when it is passed", () => {
  const limits = { bootMs: 1000, totalMs: 10_000, silenceMs: 500 };
  const guest = { nowMs: 900, lastSignMs: 0, started: false, done: false };
  assert.equal(passedLimit(limits, guest), null);
  assert.equal(passedLimit(limits, { ...guest, nowMs: 1100 })?.failure, "slow-start");
  const started = { ...guest, started: true, nowMs: 2000 };
  assert.equal(passedLimit(limits, { ...started, lastSignMs: 1600 }), null);
  assert.match(passedLimit(limits, { ...started, lastSignMs: 1400 })?.what ?? "", /hangs.* 0\.5 s/);
  assert.equal(passedLimit({ ...limits, silenceMs: null }, { ...started, lastSignMs: 0 }), null);
  const late = { ...started, nowMs: 10_001, lastSignMs: 10_000 };
  assert.match(passedLimit(limits, late)?.what ?? "", /limit of 10 s/);
});
