import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { kernelRange, placesWords } from "../../analysis/cells/kernel-ranges.js";
import type { Subject } from "../../analysis/cells/subject.js";
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

test("filesystems that behave alike share a sentence, and are no six kernels", async () => {
  const runs = KERNELS.flatMap((kernelLabel) =>
    ["ext4", "xfs"].map((filesystem) => ({ kernelLabel, filesystem })),
  );
  const found = await sentences("pairs", runs);
  assert.equal(found, "On ext4 and xfs: no-fallocate: every write punts on all 3 kernels.");
});

const many = ["5.10", "6.1", "6.12", "6.18", "7.2"];
const ranges = [
  [["5.10", "6.1"], "up to 6.1"],
  [["6.12", "6.18", "7.2"], "from 6.12 on"],
  [["6.1", "6.12"], "from 6.1 to 6.12"],
  [["5.10", "6.12", "7.2"], "on 5.10, 6.12 and 7.2"],
  [["6.1"], "on 6.1"],
  [many, "on all 5 kernels"],
] as const;

for (const [some, words] of ranges) {
  test(`${some.join(", ")} of ${many.length} kernels are called "${words}"`, () => {
    assert.equal(kernelRange(some, many), words);
  });
}

test("two kernels are both, or neither is", () => {
  assert.equal(kernelRange(["6.1", "6.12"], ["6.1", "6.12"]), "on both kernels");
  assert.equal(kernelRange(["6.1", "6.12"], ["6.1", "6.12"], true), "on either kernel");
  assert.equal(kernelRange(["6.12"], ["6.1", "6.12"]), "on 6.12");
});

test("sixteen pairs are named by filesystem and range, never one by one", () => {
  const subject = (kernelLabel: string, filesystem: string): Subject => ({
    id: `${kernelLabel} ${filesystem}`,
    kernelLabel,
    filesystem,
    emulated: true,
  });
  const all = ["ext4", "xfs", "btrfs"].flatMap((filesystem) =>
    many.map((kernel) => subject(kernel, filesystem)),
  );
  const where = all.filter(
    ({ filesystem, kernelLabel }) =>
      filesystem === "xfs" || (filesystem === "ext4" && ["5.10", "6.1"].includes(kernelLabel)),
  );
  assert.equal(placesWords(where, all), "on ext4 up to 6.1, on xfs with all 5 kernels");
});
