import assert from "node:assert/strict";
import { test } from "node:test";
import { skip } from "../support/guest.js";
import { suiteInGuest } from "../support/guest-suite.js";

for (const kernel of (process.env.PUNTBENCH_LAB_KERNELS ?? "6.1,7.2").split(",")) {
  test(`${kernel}: a ring with IOPOLL on NVMe`, { skip }, async (t) => {
    const passed = await suiteInGuest(t, {
      kernel,
      files: ["native/iopoll", "bench/watch/polling"],
      programs: [],
      settings: { device: "nvme" },
      totalMs: 240_000,
    });
    assert.equal(passed, 9);
  });
}
