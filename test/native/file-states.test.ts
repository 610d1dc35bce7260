import assert from "node:assert/strict";
import { statfsSync } from "node:fs";
import { release, version } from "node:os";
import { test } from "node:test";
import { labProvenance } from "../../bench/environment/lab-guest.js";
import { mountOf } from "../../bench/environment/mount.js";
import { runningKernelVersion } from "../../bench/rules/kernel-version.js";
import { predict } from "../../bench/rules/predict.js";
import { EASY_WRITE, type WriteQuestion } from "../../bench/rules/question.js";
import { driver, noPuntCounter, scratchFolder, smallTrial } from "../support/kernel.js";
import { BLOCKS, stamps, tracedStream } from "../support/traced-stream.js";

const folder = scratchFolder();
const filesystem = mountOf(folder)?.type ?? "";
const noCollapse =
  !["ext4", "xfs"].includes(filesystem) && "SKIPPED, this filesystem cannot move data apart";
const skip = noPuntCounter || noCollapse;

/** What the rules say of a write to this filesystem on this kernel. */
function punts(state: Partial<WriteQuestion>) {
  const kernel = runningKernelVersion(release(), version());
  return predict({ ...EASY_WRITE, filesystem, kernel, ...state }).punts;
}

for (const preparation of ["dd-prefill", "fallocate-0", "zero-range"] as const) {
  test(`${preparation} in 64 extents: every block is written once, and the punts are those of the trace`, {
    skip,
  }, async () => {
    const found = await tracedStream(folder, { preparation, extents: 64, files: 2 });
    const { measured } = found;
    assert.deepEqual([measured.firstError, measured.writes], [null, BLOCKS]);
    // The filesystem may split one of them further.
    const extents = measured.extentsBefore?.extents ?? 0;
    assert.ok(extents >= 2 * 64 && extents < 2 * 70, `${extents} extents`);
    assert.equal(measured.extentsBefore?.sizeBytes, BLOCKS * 4096);
    assert.equal(measured.puntCount, found.punts);
    const each = Array.from({ length: BLOCKS / 2 }, (_, block) => block);
    assert.deepEqual(found.contents.map(stamps), [each, each]);
  });
}

/** Three blocks long, so every third write of two blocks goes across two of them. */
const PIECE_BLOCKS = 3;

test("writes across two extents of a written file punt where the rules say so, the others do not", {
  skip,
}, async () => {
  const writes = 192;
  const shape = { blockSizeBytes: 8192, fileSizeBytes: writes * 8192, queueDepth: 1 };
  const extents = (2 * writes) / PIECE_BLOCKS;
  const found = await tracedStream(folder, { ...shape, extents });
  assert.deepEqual([found.measured.firstError, found.measured.writes], [null, writes]);
  assert.equal(found.measured.extentsBefore?.extents, extents);
  assert.equal(found.measured.puntCount, found.punts);
  const across = punts({ crossesExtents: true }) === true ? writes / PIECE_BLOCKS : 0;
  // Clock ticks punt a few more on some kernels.
  const ticks = punts({}) === "tick" ? writes / 3 : 0;
  assert.ok(found.punts >= across && found.punts <= across + ticks, `${found.punts} of ${writes}`);
});

test("a file of fewer blocks than extents has as many extents as blocks", { skip }, async () => {
  const request = { extents: 1000, fileSizeBytes: 16 * 4096 };
  const { extentsBefore } = await driver.runTrial(smallTrial(folder, request));
  assert.equal(extentsBefore?.extents, request.fileSizeBytes / statfsSync(folder).bsize);
});

test("the first write to each cold inode punts where the rules say so, and no other write", {
  skip:
    skip ||
    (labProvenance() === null && "SKIPPED, it drops all caches: only in a guest of the lab"),
}, async () => {
  const files = 16;
  const stream = { files, queueDepth: 1, fileSizeBytes: 4 * files * 4096 };
  const cold = await tracedStream(folder, { ...stream, inode: "cold" });
  const warm = await tracedStream(folder, stream);
  for (const { measured, punts: traced, contents } of [cold, warm]) {
    assert.deepEqual([measured.firstError, measured.writes], [null, 4 * files]);
    assert.equal(measured.puntCount, traced);
    assert.deepEqual(contents.map(stamps), Array(files).fill([0, 1, 2, 3]));
  }
  const first = punts({ firstWriteOfInode: true }) === true ? files : 0;
  const ticks = punts({}) === "tick" ? 3 * files : 0;
  assert.ok(cold.punts >= first && cold.punts <= first + ticks, `cold: ${cold.punts} punts`);
  assert.ok(warm.punts <= ticks, `warm: ${warm.punts} punts`);
});

test("with a filled page cache every write punts where the rules say so, and every block is written", {
  skip: noPuntCounter,
}, async () => {
  const filled = await tracedStream(folder, { queueDepth: 1, pageCache: "filled" });
  assert.deepEqual([filled.measured.firstError, filled.measured.writes], [null, BLOCKS]);
  assert.equal(filled.measured.puntCount, filled.punts);
  if (filesystem === "ext4") assert.equal(punts({ cached: true }), true);
  // Where a page of the cache holds several blocks, the write before has dropped it.
  if (punts({ cached: true }) === true) assert.ok(filled.punts > BLOCKS / 64, `${filled.punts}`);
  assert.deepEqual(filled.contents.map(stamps), [Array.from({ length: BLOCKS }, (_, at) => at)]);
});
