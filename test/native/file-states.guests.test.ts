import assert from "node:assert/strict";
import { test } from "node:test";
import { skip } from "../support/guest.js";
import { suiteInGuest } from "../support/guest-suite.js";

for (const kernel of (process.env.PUNTBENCH_LAB_KERNELS ?? "6.1,7.2").split(",")) {
  test(`${kernel}: cold inodes and fragmented files`, { skip }, async (t) => {
    const files = ["native/file-states"];
    const passed = await suiteInGuest(t, { kernel, files, programs: [], totalMs: 240_000 });
    assert.equal(passed, 7);
  });
}
