import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { programsOf, stillLoaded } from "../../support/bpf-programs.js";
import { cannotRun, scratchFolder } from "../../support/kernel.js";
import { NOTHING_LOST } from "../../support/observations.js";
import { CLI, puntbench } from "../../support/puntbench.js";
import { tryToWatch } from "../../support/watching.js";
import { watching } from "../../support/watching-command.js";

const folder = scratchFolder();

const { watch, skip } = tryToWatch();
// Not a parent of this process: children are watched, too.
watch?.add(2);
after(() => watch?.close());
const noFio = cannotRun("fio", "--version");

test("a process that is not watched is not counted", { skip: skip || noFio }, () => {
  const file = join(folder, "of-another");
  spawnSync("fio", fioJob(file, 64), { stdio: "ignore" });
  const inode = statSync(file).ino;
  assert.deepEqual(
    watch?.take().filter((row) => row.inode === inode),
    [],
  );
});

test("puntbench watch --comm counts a program that starts later from its first request on, with the paths of its files", {
  skip: skip || noFio,
}, async () => {
  const file = join(folder, "watched");
  const watch = watching(["--comm", "fio", "--interval", "100ms"]);
  await watch.next();
  spawnSync("fio", [...fioJob(file, 1024), "--rate_iops=1000"], { stdio: "ignore" });
  const total = await watch.total();
  assert.equal(total.of, "total");
  const writes = total.observations.filter((row: { file: string }) => row.file === file);
  assert.equal(writes.length, 1);
  assert.equal(writes[0].processName, "fio");
  assert.equal(writes[0].operation, "write");
  assert.equal(writes[0].bytesPerRequest, 4096);
  assert.equal(writes[0].requests, 1024);
  assert.deepEqual({ ...total.lost, latencies: 0 }, NOTHING_LOST);
});

test("children of a watched process are counted from their first request on, and a deleted file keeps its name", {
  skip: skip || noFio,
}, async () => {
  const file = join(folder, "of-a-child");
  // The shell waits until it is watched, and then starts the program; its file is deleted while it is open.
  const job = fioJob(file, 512).map((word) => `'${word}'`);
  const script = `read go; fio ${job.join(" ")} --unlink=1 --output=/dev/null; echo done; read go`;
  const shell = spawn("sh", ["-c", script], { stdio: ["pipe", "pipe", "ignore"] });
  const watch = watching(["--pid", String(shell.pid), "--interval", "100ms"]);
  await watch.next();
  shell.stdin.write("go\n");
  await once(shell.stdout, "data");
  const total = await watch.total();
  shell.kill();
  const writes = total.observations.filter(
    (row: { file: string; operation: string }) =>
      row.file.includes("of-a-child") && row.operation === "write",
  );
  assert.equal(writes.length, 1);
  assert.equal(writes[0].requests, 512);
  assert.equal(writes[0].processName, "fio");
});

test("nothing is left in the kernel after a watch was killed", {
  skip: skip || cannotRun("bpftool", "prog", "list"),
}, async () => {
  const child = spawn(process.execPath, [CLI, "watch", "--all"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const until = async (condition: () => boolean) => {
      for (let tries = 0; tries < 100 && !condition(); tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    // Before its first report libbpf loads programs that only try out what the kernel can do.
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const programs = programsOf(child.pid ?? 0);
    assert.ok(programs.length >= 3, `the watch has loaded ${programs.length} programs`);
    assert.deepEqual(stillLoaded(programs), programs);
    child.kill("SIGKILL");
    await until(() => stillLoaded(programs).length === 0);
    assert.deepEqual(stillLoaded(programs), []);
  } finally {
    child.kill("SIGKILL");
  }
});

test("what cannot be watched is one line with a remedy and exit code 2 or 1", async () => {
  for (const [args, code, words] of [
    [["watch"], 2, /no processes are chosen/],
    [["watch", "--all", "--comm", "fio"], 2, /more than one way/],
    [["watch", "--all", "--interval", "1ms"], 2, /too short/],
    [["watch", "--all", "--sample", "3"], 2, /power of two/],
    [["watch", "--cgroup", "/no/such"], 2, /no such control group/],
    [["watch", "--all", "--metrics", "localhost:9464"], 2, /not an IP address and port/],
    [["watch", "--all", "--metrics", "192.0.2.1:9464"], 2, /cannot listen there \(EADDRNOTAVAIL\)/],
    [["watch", "--pid", "4194303"], 1, /no process/],
  ] as const) {
    const outcome = await puntbench([...args]);
    assert.equal(outcome.code, code, outcome.stderr);
    assert.match(outcome.stderr, words);
    assert.equal(outcome.stdout, "");
  }
});

function fioJob(file: string, writes: number): string[] {
  const size = `--size=${writes * 4096}`;
  const kind = ["--ioengine=io_uring", "--rw=write", "--bs=4k", "--direct=1", "--iodepth=8"];
  return ["--name=job", `--filename=${file}`, size, ...kind, "--fallocate=none"];
}
