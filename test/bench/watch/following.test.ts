import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cannotRun, scratchFolder } from "../../support/kernel.js";
import { tryToWatch } from "../../support/watching.js";
import { watching } from "../../support/watching-command.js";

const folder = scratchFolder();
const probe = tryToWatch();
probe.watch?.close();
const skip = probe.skip || cannotRun("fio", "--version");

/** Where control groups of version 2 are, if they can be made; null elsewhere. */
function cgroups(): string | null {
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  const folder = mounts.find((line) => line.split(" ")[2] === "cgroup2")?.split(" ")[1] ?? null;
  return folder?.startsWith("/sys/fs/cgroup") && process.geteuid?.() === 0 ? folder : null;
}

function fio(file: string, writes: number, ...more: string[]): string[] {
  const kind = ["--ioengine=io_uring", "--rw=write", "--bs=4k", "--direct=1", "--iodepth=1"];
  const size = [`--size=${writes * 4096}`, "--fallocate=none", "--output=/dev/null"];
  return ["--name=job", `--filename=${file}`, ...kind, ...size, ...more];
}

test("a file has the name that it has now: after it was renamed, and after it was deleted", {
  skip,
}, async () => {
  const [before, after] = [join(folder, "before"), join(folder, "after")];
  const child = spawn("fio", fio(before, 800, "--rate_iops=100"), { stdio: "ignore" });
  while (!existsSync(before)) await new Promise((resolve) => setTimeout(resolve, 20));
  const watch = watching(["--pid", String(child.pid), "--interval", "200ms"]);
  const nameOf = async (name: string) => {
    for (;;) {
      const { observations } = await watch.next();
      const files: string[] = observations.map(({ file }: { file: string }) => file);
      if (files.includes(name)) return files;
    }
  };
  try {
    assert.deepEqual(await nameOf(before), [before]);
    renameSync(before, after);
    assert.deepEqual(await nameOf(after), [after]);
    rmSync(after);
    assert.deepEqual(await nameOf(`${after} (deleted)`), [`${after} (deleted)`]);
  } finally {
    child.kill("SIGKILL");
    await watch.total();
  }
});

test("a program that starts later in a watched control group is counted, and one outside is not", {
  skip: skip || (cgroups() === null && "SKIPPED, no control groups of version 2 can be made"),
}, async () => {
  const group = join(cgroups() as string, `puntbench-test-${process.pid}`);
  mkdirSync(group);
  try {
    const watch = watching(["--cgroup", group, "--interval", "100ms"]);
    await watch.next();
    const [inside, outside] = [join(folder, "inside"), join(folder, "outside")];
    // It joins the group and waits for more than an interval: the watch looks once in each.
    const words = fio(inside, 256, "--thread", "--rate_iops=500").map((word) => `'${word}'`);
    const script = `echo $$ > ${group}/cgroup.procs; sleep 1; exec fio ${words.join(" ")}`;
    const children = [spawn("sh", ["-c", script]), spawn("fio", fio(outside, 256))];
    await Promise.all(children.map((child) => once(child, "exit")));
    const { observations } = await watch.total();
    assert.deepEqual(
      observations.map((row: { process: number; file: string; requests: number }) => {
        return [row.process, row.file, row.requests];
      }),
      [[children[0]?.pid, inside, 256]],
    );
  } finally {
    rmdirSync(group);
  }
});
