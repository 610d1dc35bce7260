import assert from "node:assert/strict";
import { test } from "node:test";
import { skip } from "../../support/guest.js";
import { suiteInGuest } from "../../support/guest-suite.js";

const KERNELS = (process.env.PUNTBENCH_LAB_KERNELS ?? "5.10,6.1,6.12,7.2,7.3").split(",");

for (const kernel of KERNELS) {
  test(`watch names the causes of another process on Linux ${kernel} as well as explain does`, {
    skip,
  }, async (context) => {
    const files = ["bench/watch/causes"];
    const suite = { kernel, files, programs: [], totalMs: 480_000 };
    assert.equal(await suiteInGuest(context, suite), 1);
  });
}
