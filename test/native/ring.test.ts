import assert from "node:assert/strict";
import { release } from "node:os";
import { test } from "node:test";
import { atLeast, runningKernelVersion } from "../../bench/rules/kernel-version.js";
import { driver, scratchFolder, smallTrial } from "../support/kernel.js";

const folder = scratchFolder();
const kernel = runningKernelVersion(release(), "");

test("each mode of the ring gives exactly its flags, where the kernel has it", async () => {
  const modes = [
    ["plain", []],
    ...(atLeast(kernel, 5, 19) ? ([["coop", ["COOP_TASKRUN"]]] as const) : []),
    ...(atLeast(kernel, 6, 1) ? ([["defer", ["SINGLE_ISSUER", "DEFER_TASKRUN"]]] as const) : []),
  ] as const;
  for (const [ring, flags] of modes) {
    const { ringFlags, firstError } = await driver.runTrial(smallTrial(folder, { ring }));
    assert.deepEqual([firstError, ringFlags], [null, flags]);
  }
});
