import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { otherBenches } from "../../../bench/environment/other-benches.js";
import { ScratchDirectory } from "../../../bench/environment/scratch.js";
import type { Header } from "../../../results/schema.js";
import { scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { onlyRunBelow, trialsIn } from "../../support/results.js";

test("a bench notices another one on the same disk, and records it in header and trials", async () => {
  const folder = scratchFolder();
  const out = join(folder, "results");
  // This test process holds a scratch directory, as a running bench does.
  const other = new ScratchDirectory(folder);
  try {
    const { code, stderr } = await puntbench(
      ["bench", "--quick", "--rounds", "1", "--dir", folder, "--out", out, "--queue-depths", "1"],
      {},
    );
    assert.equal(code, 0, stderr);
    const words = `puntbench with process id ${process.pid} uses the same disk`;
    assert.ok(stderr.includes(words), stderr);
    const lines = onlyRunBelow(out);
    const { warnings } = lines[0] as Header;
    assert.ok(warnings.some((warning) => warning.startsWith(words)));
    const trials = trialsIn(lines);
    assert.ok(trials.length > 0);
    for (const trial of trials) {
      assert.ok(trial.warnings.some((warning) => warning.startsWith(words)));
    }
  } finally {
    other.remove();
  }
});

test("a bench does not take itself for another one", () => {
  const scratch = new ScratchDirectory(scratchFolder());
  try {
    assert.ok(otherBenches(scratch.location).every(({ pid }) => pid !== process.pid));
  } finally {
    scratch.remove();
  }
});
