import assert from "node:assert/strict";
import { test } from "node:test";
import { skip } from "../../support/guest.js";
import { suiteInGuest } from "../../support/guest-suite.js";

/**
 * The tests that ask the kernel, and the rules. The analysis asks no kernel, and wrong options are refused alike
 * by all of them. Whole runs of the bench take minutes in an emulated guest; `reproduce` is tested with them.
 */
const SUITE = [
  "native/pace-and-cancel",
  "native/punts",
  "native/writes",
  "bench/run/predicted-punts",
  "bench/probe/verdict",
  "bench/probe/probe",
  "bench/rules/predict",
  "bench/rules/observed",
  "bench/inspect/inspect",
  "bench/inspect/regions",
  "bench/doctor/diagnose",
  "bench/doctor/doctor",
];

/** Programs of this machine that can do more than those of busybox. */
const PROGRAMS = ["dd", "fallocate", "setpriv", "unshare"];

for (const version of (process.env.PUNTBENCH_LAB_KERNELS ?? "6.1,7.2").split(",")) {
  test(`the suite passes on Linux ${version}, and what cannot run there is skipped by name`, {
    skip,
  }, async (context) => {
    const suite = { kernel: version, files: SUITE, programs: PROGRAMS, totalMs: 480_000 };
    const passed = await suiteInGuest(context, suite);
    assert.ok(passed > 120, `${passed} tests`);
  });
}
