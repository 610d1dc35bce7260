import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../../terminal/package-root.js";
import { cannotRun, driver, scratchFolder } from "../../support/kernel.js";
import { tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
const { watch, skip } = tryToWatch();
const noStalls = watch?.takeStalls() === null && "SKIPPED, needs Linux 5.15";

test("a submitter that waits for the ring's lock is blocked; waiting for completions is not", {
  skip: skip || noStalls || cannotRun("cc", "--version"),
}, async () => {
  const program = join(folder, "blocked-submitter");
  const source = join(packageRoot(), "test/support/blocked-submitter.c");
  execFileSync("cc", ["-o", program, source, "-luring", "-lpthread"]);
  const child = spawn(program, [], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    watch?.add(child.pid ?? 0);
    watch?.add(process.pid);
    child.stdin.write("\n");
    await once(child.stdout, "data");
    // Many waits, and no lock that anything else holds.
    await driver.runNops({ operations: 1000, queueDepth: 1, forced: true, countPunts: false });
    const stalls = watch?.takeStalls() ?? [];
    const blocked = stalls.find((of) => of.process === child.pid);
    assert.ok(blocked !== undefined && blocked.maxNs > 1e6, JSON.stringify(blocked));
    assert.ok(blocked.count >= 1 && blocked.blockedNs >= blocked.maxNs);
    const waiting = stalls.find((of) => of.process === process.pid);
    assert.ok((waiting?.count ?? 0) < 10, `${waiting?.count} of 1000 waits`);
    assert.deepEqual(watch?.takeStalls(), []);
  } finally {
    watch?.close();
    child.stdin.end("\n");
  }
});
