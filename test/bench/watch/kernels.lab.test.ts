import assert from "node:assert/strict";
import { test } from "node:test";
import { skip } from "../../support/guest.js";
import { suiteInGuest } from "../../support/guest-suite.js";

/** Each has other arguments of the tracepoints, or another layout of a ring. Fewer: PUNTBENCH_LAB_KERNELS=6.1,6.12. */
const KERNELS = (process.env.PUNTBENCH_LAB_KERNELS ?? "5.10,6.1,6.12,7.2,7.3").split(",");

for (const kernel of KERNELS) {
  test(`watch counts exactly on Linux ${kernel}: the driver and fio`, { skip }, async (context) => {
    const files = ["bench/watch/counts"];
    const suite = { kernel, files, programs: ["fio"], totalMs: 480_000 };
    const passed = await suiteInGuest(context, suite);
    assert.ok(passed >= 8, `${passed} tests`);
  });
}
