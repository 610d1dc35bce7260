import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { release, version } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { mountOf } from "../../../bench/environment/mount.js";
import type { Inspection } from "../../../bench/inspect/inspection.js";
import { atLeast, runningKernelVersion } from "../../../bench/rules/kernel-version.js";
import { predict } from "../../../bench/rules/predict.js";
import { EASY_WRITE } from "../../../bench/rules/question.js";
import { cannotRun, driver, scratchFolder, smallTrial } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";

const folder = scratchFolder();
// A copy-on-write file has an extent for each write, and punts for that reason before any other.
const copyOnWrite: string | false =
  mountOf(folder)?.type === "btrfs" && "SKIPPED, the checkout is on btrfs: expects writes in place";

async function inspected(file: string, args: string[] = []): Promise<Inspection> {
  const { code, stdout, stderr } = await puntbench(["inspect", file, "--json", ...args]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
}

/** A file with everything in it: written, a hole, unwritten, cached, and allocated beyond the size. */
function mixedFile(): string {
  // Each unwritten rest is over 32 KiB: ext4 (extent_max_zeroout_kb) writes zeros to smaller ones instead.
  const file = join(folder, "mixed");
  run("fallocate", "--offset", "64KiB", "--length", "192KiB", file);
  run("dd", "if=/dev/zero", `of=${file}`, "bs=4k", "count=4", "oflag=direct", "conv=notrunc");
  run("dd", "if=/dev/zero", `of=${file}`, "bs=4k", "seek=36", "count=1", "conv=notrunc,fsync");
  truncateSync(file, 288 * 1024);
  run("fallocate", "--keep-size", "--offset", "384KiB", "--length", "16KiB", file);
  run("sync", file);
  return file;
}

test("each part of a file with extents of every kind is shown as what it is", {
  skip: copyOnWrite,
}, async () => {
  const { regions, sizeBytes } = await inspected(mixedFile());
  assert.equal(sizeBytes, 288 * 1024);
  assert.deepEqual(
    regions?.map(({ startBytes, endBytes, state, extending, cachedPages }) => [
      startBytes / 1024,
      endBytes === null ? null : endBytes / 1024,
      state,
      extending,
      cachedPages,
    ]),
    [
      [0, 16, "written", false, 0],
      [16, 64, "hole", false, 0],
      [64, 144, "unwritten", false, 0],
      [144, 148, "written", false, 1],
      [148, 256, "unwritten", false, 0],
      [256, 288, "hole", false, 0],
      [288, 384, "hole", true, 0],
      [384, 400, "unwritten", true, 0],
      [400, null, "hole", true, 0],
    ],
  );
});

test("cached pages make a region punt that would not otherwise", {
  skip: copyOnWrite,
}, async () => {
  const { regions } = await inspected(mixedFile());
  const cached = regions?.find(({ cachedPages }) => cachedPages === 1);
  assert.equal(cached?.prediction.cause, "page-cache");
  assert.equal(cached?.prediction.punts, true);
  assert.ok(cached.predictionUncached, "the prediction for pages that are not cached is there");
  assert.notEqual(cached.predictionUncached.punts, true);
});

test("inspect leaves the data, times and allocation of a file as they were", async () => {
  const file = mixedFile();
  const { ino, size, blocks, atimeNs, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
  await inspected(file);
  const after = statSync(file, { bigint: true });
  const { ino: ino2, size: size2, blocks: blocks2 } = after;
  assert.deepEqual([ino2, size2, blocks2], [ino, size, blocks]);
  assert.deepEqual([after.atimeNs, after.mtimeNs, after.ctimeNs], [atimeNs, mtimeNs, ctimeNs]);
});

test("a write larger than a region crosses its border", { skip: copyOnWrite }, async () => {
  const file = mixedFile();
  const { regions, filesystem } = await inspected(file, ["--block-size", "8k"]);
  const small = regions?.find(({ startBytes }) => startBytes === 144 * 1024);
  const question = {
    ...EASY_WRITE,
    filesystem,
    kernel: runningKernelVersion(release(), version()),
    cached: true,
  };
  const crossing = predict({ ...question, crossesExtents: true });
  assert.equal(small?.prediction.cause, crossing.cause);
  if (filesystem !== "ext4" || !atLeast(question.kernel, 7, 3)) {
    assert.notEqual(crossing.cause, predict(question).cause, "crossing makes a difference");
  }
});

test("blocks that the bench wrote are shown as written", async () => {
  const request = smallTrial(folder, { preparation: "fallocate-0", keepFile: true });
  await driver.runTrial(request);
  const { regions } = await inspected(request.path);
  assert.deepEqual(
    [...new Set(regions?.filter(({ extending }) => !extending).map(({ state }) => state))],
    ["written"],
  );
});

test("the report for people names each cause once, with the kernel's function", {
  skip: copyOnWrite,
}, async () => {
  const { stdout } = await puntbench(["inspect", mixedFile()]);
  assert.equal(stdout.match(/^hole: /gm)?.length, 1, stdout);
  assert.match(stdout, /in the kernel: /);
  assert.match(stdout, /By rules of mainline Linux/);
});

test("a file without extents is described as far as it goes", async () => {
  const { regions, unknown } = await inspected("/proc/cpuinfo");
  assert.equal(regions, null);
  assert.match(unknown.join(), /extents: this filesystem does not tell/);
});

test("an empty file has no part that a write could overwrite", async () => {
  const file = join(folder, "empty");
  writeFileSync(file, "");
  const { regions, unaligned, crossing } = await inspected(file);
  assert.deepEqual(
    regions?.map(({ extending }) => extending),
    [true],
  );
  assert.deepEqual([unaligned, crossing], [null, null]);
});

test("of a block device the limits of its queue decide how long a write may be", {
  skip: cannotRun("losetup", "--find"),
}, async (t) => {
  const image = join(folder, "disk");
  writeFileSync(image, "");
  truncateSync(image, 4 * 2 ** 20);
  const attached = spawnSync("losetup", ["--find", "--show", image], { encoding: "utf8" });
  const device = attached.stdout.trim();
  t.after(() => run("losetup", "--detach", device));
  const short = await inspected(device, ["--block-size", "64k"]);
  assert.equal(short.filesystem, "bdev");
  assert.equal(short.sizeBytes, 4 * 2 ** 20);
  assert.equal(short.regions?.length, 1);
  const [of64k] = short.regions;
  // What was written to the image before may be in the cache of the device; then that decides.
  const { cause } = of64k?.predictionUncached ?? of64k?.prediction ?? {};
  assert.equal(cause, "overwrite");
  const keepsPages = openSync(device, "r");
  t.after(() => closeSync(keepsPages));
  readFileSync(keepsPages);
  const cached = await inspected(device);
  if (cached.pageCacheSource !== null) {
    // The kernel may take pages back at any moment.
    const pages = cached.regions?.[0]?.cachedPages ?? 0;
    assert.ok(pages > 900 && pages <= 1024, `${pages} cached pages`);
  }
  const long = await inspected(device, ["--block-size", "2M"]);
  const [of2m] = long.regions ?? [];
  assert.equal((of2m?.predictionUncached ?? of2m?.prediction)?.cause, "splits-request");
});

const fifo = join(folder, "fifo");
run("mkfifo", fifo);
const refused: [string, string, RegExp][] = [
  ["a missing file", join(folder, "nothing"), /does not exist/],
  ["a directory", folder, /is a directory/],
  ["a FIFO, without waiting for its writer", fifo, /is no regular file/],
  ["a character device", "/dev/null", /is no regular file/],
];

for (const [what, file, message] of refused) {
  test(`${what} is refused in one line with exit code 2`, async () => {
    const { code, stdout, stderr } = await puntbench(["inspect", file]);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, message);
  });
}
