import assert from "node:assert/strict";
import { test } from "node:test";
import { findProgram } from "../../../terminal/find-program.js";
import { skip as noLab } from "../../support/guest.js";
import { suiteInGuest } from "../../support/guest-suite.js";

const skip =
  noLab || (findProgram("fio") === null ? "SKIPPED, needs fio: ./scripts/bootstrap --dev" : false);

/** In a guest of its own each: an emulated one takes minutes for either. */
const SUITES = [
  { what: "every request and file state is recorded", file: "bench/record/record", tests: 4 },
  { what: "replays punt as their recordings did", file: "bench/replay/replay", tests: 4 },
];

for (const kernel of (process.env.PUNTBENCH_LAB_KERNELS ?? "6.1,7.2").split(",")) {
  for (const { what, file, tests } of SUITES) {
    test(`${kernel}: ${what}`, { skip }, async (t) => {
      const suite = { kernel, files: [file], programs: ["fio"], totalMs: 480_000 };
      const passed = await suiteInGuest(t, suite);
      assert.ok(passed >= tests, `${passed} tests passed`);
    });
  }
}
