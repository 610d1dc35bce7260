import assert from "node:assert/strict";
import { test } from "node:test";
import { findProgram } from "../../../terminal/find-program.js";
import { skip as noLab } from "../../support/guest.js";
import { suiteInGuest } from "../../support/guest-suite.js";

const skip =
  noLab || (findProgram("fio") === null ? "SKIPPED, needs fio: ./scripts/bootstrap --dev" : false);

for (const kernel of (process.env.PUNTBENCH_LAB_KERNELS ?? "6.1,7.2").split(",")) {
  test(`${kernel}: programs are recorded, and their replays punt as they did`, {
    skip,
  }, async (t) => {
    const passed = await suiteInGuest(t, {
      kernel,
      files: ["bench/record/record", "bench/replay/replay"],
      programs: ["fio"],
      totalMs: 500_000,
    });
    assert.ok(passed >= 8, `${passed} tests passed`);
  });
}
