import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { analyse } from "../../analysis/loading/analysis.js";
import { stallSentences } from "../../analysis/report/finding-stalls.js";
import { writeFixture } from "./fixture.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-stalls-"));
after(() => rmSync(folder, { recursive: true }));

async function sentences(name: string, stallNs: number | undefined): Promise<string[]> {
  const file = writeFixture(join(folder, `${name}.jsonl`), { kernelLabel: name, stallNs });
  const analysis = await analyse([file]);
  return stallSentences(analysis, analysis.cells);
}

test("a scenario that does not punt but keeps its submitter for milliseconds is a finding", async () => {
  const [sentence] = await sentences("blocked", 5e6);
  assert.match(
    sentence as string,
    /^Inline, but it blocked: .* does not punt.* up to 5(\.\d+)? ms/,
  );
});

test("short submitting calls, and calls that were not timed, are no finding", async () => {
  assert.deepEqual(await sentences("quick", 20_000), []);
  assert.deepEqual(await sentences("unknown", undefined), []);
});
