import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cannotRun, scratchFolder } from "../../support/kernel.js";
import { assertSameCounts } from "../../support/observed-program.js";
import { sumOf, tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
const probe = tryToWatch();
probe.watch?.close();
const skip = probe.skip || cannotRun("qemu-io", "--version") || cannotRun("bpftrace", "--version");
const RUNS = 20;
const WRITES = 64;

/** Runs QEMU's block layer on an image with O_DIRECT and io_uring. Returns the process id. */
async function qemuIo(image: string): Promise<number> {
  const writes = Array.from({ length: WRITES }, (_, at) => ["-c", `aio_write -q ${at * 128}k 4k`]);
  const commands = [...writes.flat(), "-c", "aio_flush"];
  const args = ["-f", "raw", "-n", "-i", "io_uring", ...commands, image];
  const child = spawn("qemu-io", args, { stdio: "ignore" });
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
  return child.pid as number;
}

for (const preallocation of ["off", "falloc"]) {
  test(`QEMU on an image with preallocation=${preallocation}: ${RUNS} runs are counted exactly`, {
    skip,
  }, async () => {
    let inode = 0;
    const rows = await assertSameCounts(async () => {
      const processes: number[] = [];
      for (let run = 0; run < RUNS; run += 1) {
        const image = join(folder, `${preallocation}-${run}`);
        const create = ["create", "-q", "-f", "raw", "-o", `preallocation=${preallocation}`];
        execFileSync("qemu-img", [...create, image, "16M"]);
        inode = statSync(image).ino;
        processes.push(await qemuIo(image));
      }
      return processes;
    });
    const writes = rows.filter((row) => row.opcode === 1 || row.opcode === 2 || row.opcode === 23);
    assert.equal(
      sumOf(writes, (row) => row.requests),
      RUNS * WRITES,
    );
    assert.ok(writes.some((row) => row.inode === inode));
    if (preallocation === "off") assert.ok(sumOf(writes, (row) => row.punts) > 0, "no punts");
  });
}
