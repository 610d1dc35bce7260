import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { labCache } from "../../../bench/lab/host/cache.js";
import { GUEST } from "../../../bench/lab/image/job.js";
import type { GuestError } from "../../../bench/lab/qemu/guest-error.js";
import { kernelByFile } from "../../../bench/lab/session/kernels.js";
import { ResultsLine } from "../../../results/schema.js";
import { inGuest, kernelOf, skip } from "../../support/guest.js";
import { CLI, puntbench } from "../../support/puntbench.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-guest-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const cache = labCache();
const NOTHING = ["-e", "0"];
/** Guests of the lab with this process id that still run, and its session folders that are left. */
function leftovers(pid: number = process.pid): { qemus: number; folders: string[] } {
  const folder = `run-${pid}-`;
  const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
  const qemus = processes.filter(
    (line) => line.startsWith("qemu-system") && line.includes(`puntbench-${folder}`),
  );
  const folders = readdirSync(cache.runs).filter((name) => name.startsWith(folder));
  return { qemus: qemus.length, folders };
}

test("node in the guest sees that kernel, writes its disk, and its output comes back", {
  skip,
}, async () => {
  const kernel = await kernelOf("6.1");
  const command = [
    "-e",
    `require("fs").writeFileSync("${GUEST.scratch}/x", "y");
    console.log(require("os").release(), JSON.parse(process.env.PUNTBENCH_LAB).kernelPackageVersion)`,
  ];
  const printed = await inGuest({ kernel, command });
  assert.equal(printed, `${kernel.release} ${kernel.packageVersion}\n`);
  assert.deepEqual(leftovers(), { qemus: 0, folders: [] });
});

test("where the lab is root, qemu is another user, and a filter of system calls holds it", {
  skip: skip || (process.geteuid?.() === 0 ? false : "SKIPPED, needs root"),
}, async () => {
  const statuses: string[] = [];
  const watcher = {
    onStatus: () => {
      const pids = execFileSync("pgrep", ["-f", `^qemu-system.*puntbench-run-${process.pid}-`]);
      statuses.push(readFileSync(`/proc/${String(pids).trim()}/status`, "utf8"));
    },
  };
  await inGuest({ kernel: await kernelOf("6.1"), command: NOTHING, watcher });
  assert.doesNotMatch(statuses[0] ?? "Uid:\t0", /^Uid:.*\t0/m);
  assert.match(statuses[0] ?? "", /^CapEff:\t0+$/m);
  assert.match(statuses[0] ?? "", /^Seccomp:\t2$/m);
});

test("a panic is noticed, named with the console's last lines, and tried anew a bounded number of times", {
  skip,
}, async () => {
  const kernel = await kernelOf("6.1");
  const warnings: string[] = [];
  await assert.rejects(
    inGuest({ kernel, command: NOTHING, fault: "panic", settings: { retries: 1 }, warnings }),
    (error: GuestError) => {
      assert.equal(error.failure, "panic");
      assert.match(error.message, /kernel panicked: .*sysrq triggered crash/i);
      assert.match(error.message, /last lines of its console:\n.*\S/);
      return true;
    },
  );
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /try 2 of 2/);
  assert.deepEqual(leftovers(), { qemus: 0, folders: [] });
});

test("a guest that hangs is ended after its silence, one that never starts after its limit", {
  skip,
}, async () => {
  const kernel = await kernelOf("6.1");
  await assert.rejects(
    inGuest({ kernel, command: NOTHING, fault: "hang", limits: { silenceMs: 3_000 } }),
    (error: GuestError) =>
      error.failure === "hang" && /no sign of life for 3 s/.test(error.message),
  );
  await assert.rejects(
    inGuest({ kernel, command: NOTHING, limits: { bootMs: 300 } }),
    (error: GuestError) => error.failure === "slow-start" && /within 0\.3 s/.test(error.message),
  );
  assert.deepEqual(leftovers(), { qemus: 0, folders: [] });
});

test("what runs too long is ended at --timeout", { skip }, async () => {
  const kernel = await kernelOf("6.1");
  const command = ["-e", "setTimeout(() => {}, 1e9)"];
  await assert.rejects(
    inGuest({ kernel, command, limits: { totalMs: 15_000 } }),
    (error: GuestError) => error.failure === "timeout" && /limit of 15 s/.test(error.message),
  );
});

test("a full disk in the guest ends its command, and what it wrote before still comes back", {
  skip,
}, async () => {
  const kernel = await kernelOf("6.1");
  const command = [
    "-e",
    `const fs = require("fs"); const block = Buffer.alloc(1 << 24);
    try { for (;;) fs.appendFileSync("${GUEST.scratch}/x", block); } catch (error) { console.log(error.code) }`,
  ];
  assert.equal(await inGuest({ kernel, command }), "ENOSPC\n");
});

test("a file that is no kernel is an error of qemu's, by name", { skip }, async () => {
  const modules = (await kernelOf("6.1")).modules;
  const kernel = await kernelByFile({ image: CLI, modules, label: "nonsense" });
  await assert.rejects(
    inGuest({ kernel, command: NOTHING, settings: { retries: 0 }, limits: { bootMs: 10_000 } }),
    (error: GuestError) => ["qemu", "slow-start"].includes(error.failure),
  );
});

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 130],
  ["SIGKILL", null],
] as const) {
  test(`${signal} leaves no qemu behind`, { skip }, async () => {
    await kernelOf("6.1");
    const args = [CLI, "lab", "--kernels", "6.1", "--quick", "--out", join(folder, signal)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    const closed = once(child, "close");
    const pid = child.pid as number;
    while (leftovers(pid).qemus === 0) {
      assert.equal(child.exitCode, null, "the lab ended before it started a guest");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    child.kill(signal);
    const [exitCode] = await closed;
    assert.equal(exitCode, code);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(leftovers(pid).qemus, 0);
    // A killed lab cannot clean up its folder; the next one does.
    if (signal === "SIGKILL") await inGuest({ kernel: await kernelOf("6.1"), command: NOTHING });
    assert.deepEqual(leftovers(pid).folders, []);
    assert.equal(existsSync(join(folder, signal)), false);
  });
}

test("the published table is reproduced on 6.1 and 6.12", { skip }, async () => {
  const out = join(folder, "reproduced");
  const { code, stdout, stderr } = await puntbench(["reproduce", "--json", "--out", out]);
  assert.equal(code, 0, stderr);
  const printed = JSON.parse(stdout);
  assert.equal(printed.agreeing, 10);
  assert.equal(printed.total, 10);
  assert.equal(printed.nowait.agreeing, printed.nowait.total);
  assert.equal(
    printed.returnValues.length,
    10,
    "return values of five preparations on two kernels",
  );
  for (const label of ["6.1", "6.12"]) {
    const [name] = readdirSync(join(out, label));
    const lines = readFileSync(join(out, label, name as string), "utf8")
      .trim()
      .split("\n");
    const header = ResultsLine.parse(JSON.parse(lines[0] as string));
    assert.ok(header.type === "header");
    const { lab, virtualisation } = header.environment;
    assert.match(lab?.kernelPackageVersion ?? "", new RegExp(`^${label.replace(".", "\\.")}\\.`));
    assert.equal(virtualisation.emulated, lab?.accelerator !== "kvm");
  }
});

test("instructions per write agree between boots within 2 %", { skip }, async () => {
  const args = ["lab", "--kernels", "6.12", "--cost", "instructions", "--boots", "2"];
  const bench = ["--quick", "--queue-depths", "1", "--preparations", "fallocate-0,dd-prefill"];
  const out = join(folder, "counted");
  const { code, stdout, stderr } = await puntbench([...args, ...bench, "--out", out]);
  assert.equal(code, 0, stderr);
  const rows = stdout.split("\n").filter((line) => /^(fallocate-0|dd-prefill)/.test(line));
  assert.equal(rows.length, 3, stdout);
  for (const row of rows) {
    const spread = Number(/([\d.]+) %$/.exec(row)?.[1]);
    assert.ok(spread <= 2, row);
  }
});
