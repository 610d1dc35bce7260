import assert from "node:assert/strict";
import { test } from "node:test";
import { findProgram } from "../../../terminal/find-program.js";
import { skip as noLab } from "../../support/guest.js";
import { suiteInGuest } from "../../support/guest-suite.js";

const missing = ["fio", "perf"].filter((name) => findProgram(name) === null);
const skip =
  noLab ||
  (missing.length > 0 ? `SKIPPED, needs ${missing.join(", ")}: ./scripts/bootstrap --dev` : false);

for (const kernel of (process.env.PUNTBENCH_LAB_KERNELS ?? "6.1,7.2").split(",")) {
  test(`${kernel}: each fio job punts as fio itself does, within 1 point`, { skip }, async (t) => {
    const passed = await suiteInGuest(t, {
      kernel,
      files: ["bench/fio/shares"],
      programs: ["fio", "perf"],
      totalMs: 570_000,
    });
    assert.ok(passed >= 12, `${passed} jobs were compared`);
  });
}
