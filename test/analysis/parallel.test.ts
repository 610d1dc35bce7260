import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { lineBatches } from "../../analysis/bulk/lines.js";
import { readInThreads } from "../../analysis/bulk/threads.js";
import type { Cell } from "../../analysis/cells/cell.js";
import { Cells } from "../../analysis/cells/cells.js";
import type { Run } from "../../analysis/cells/run.js";
import { estimate } from "../../analysis/estimates/estimate.js";
import { loadRuns } from "../../analysis/loading/load.js";
import { METRIC_NAMES } from "../../results/metrics.js";
import { writeFixture } from "./fixture.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-parallel-"));
after(() => rmSync(folder, { recursive: true }));
const file = writeFixture(join(folder, "run.jsonl"), { kernelLabel: "6.1", rounds: 3 });

/** The threads read what comes after the header. */
function afterHeader(): number {
  return readFileSync(file).indexOf("\n") + 1;
}

function linesOf(start: number, end: number): string[] {
  const batches = [...lineBatches(file, { start, end })];
  return batches.flatMap(({ lines }) => lines).filter((line) => line !== "");
}

test("wherever a file is cut into ranges, each line is read exactly once and in order", () => {
  const { size } = statSync(file);
  const all = linesOf(0, size);
  assert.equal(all.length, 1 + 18 * 3 + 1);
  const firstEnd = Buffer.byteLength(all[0] as string) + 1;
  for (const cut of [1, firstEnd - 1, firstEnd, firstEnd + 1, 50_000, 77_777, size - 1, size]) {
    const halves = [...linesOf(0, cut), ...linesOf(cut, size)];
    assert.deepEqual(halves, all, `cut at byte ${cut}`);
  }
  const thirds = [0, 20_000, 20_001, 60_000, size];
  const pieces: string[] = [];
  for (let index = 0; index + 1 < thirds.length; index += 1) {
    pieces.push(...linesOf(thirds[index] as number, thirds[index + 1] as number));
  }
  assert.deepEqual(pieces, all);
});

test("threads find what one reader finds: every value, every quantile, every count", async () => {
  const serial = new Cells();
  const { runs } = await loadRuns([file], serial);
  const run = { ...(runs[0] as Run), warnings: [] };
  const parallel = new Cells();
  const range = { start: afterHeader(), end: statSync(file).size };
  const parts = await readInThreads(run, range, parallel);
  const ok = parts.reduce((sum, part) => sum + part.trials.ok, 0);
  assert.equal(ok, 54);
  assert.ok(parts.some((part) => part.footer?.outcome === "complete"));
  const expected = serial.list();
  const found = parallel.list();
  assert.equal(found.length, expected.length);
  for (const [index, cell] of found.entries()) {
    const other = expected[index] as Cell;
    assert.deepEqual([cell.scenario, cell.roundOf], [other.scenario, other.roundOf]);
    for (const metric of METRIC_NAMES) {
      assert.deepEqual(cell.values[metric], other.values[metric]);
      assert.deepEqual(estimate(cell, metric), estimate(other, metric));
    }
  }
});

test("a thread reports a file that is cut off in its last line", async () => {
  const { runs } = await loadRuns([file], new Cells());
  truncateSync(file, statSync(file).size - 400);
  const range = { start: afterHeader(), end: statSync(file).size };
  const parts = await readInThreads(runs[0] as Run, range, new Cells());
  assert.match(parts.map((part) => part.truncated ?? "").join(), /cut off in the middle/);
});
