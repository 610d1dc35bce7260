import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { analyse } from "../../analysis/loading/analysis.js";
import { puntSentences } from "../../analysis/report/finding-punts.js";
import { type FixtureRun, writeFixture } from "./fixture.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-finding-punts-"));
after(() => rmSync(folder, { recursive: true }));

async function sentences(name: string, runs: readonly FixtureRun[]): Promise<string> {
  const input = join(folder, name);
  for (const [index, run] of runs.entries()) {
    const small = { rounds: 1, preparations: ["no-fallocate"], arms: ["inline"] } as const;
    writeFixture(join(input, `${index}.jsonl`), { ...run, ...small, seed: index + 1 });
  }
  const { cells, subjects } = await analyse([input]);
  return puntSentences(cells, subjects).join("\n");
}

const KERNELS = ["5.10", "6.1", "6.12"];

test("three kernels are called three kernels, also where one was measured with and without emulation", async () => {
  const runs = KERNELS.map((kernelLabel) => ({ kernelLabel }));
  const found = await sentences("emulated", [...runs, { kernelLabel: "6.12", emulated: true }]);
  assert.match(found, /every write punts on all 3 kernels\./);
});

test("three kernels on two filesystems are six pairs, and no six kernels", async () => {
  const runs = KERNELS.flatMap((kernelLabel) =>
    ["ext4", "xfs"].map((filesystem) => ({ kernelLabel, filesystem })),
  );
  const found = await sentences("pairs", runs);
  assert.match(found, /on all 6 pairs of kernel and filesystem\./);
  assert.doesNotMatch(found, /6 kernels/);
});
