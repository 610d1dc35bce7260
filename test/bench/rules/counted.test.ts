import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { release, version } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { deviceStack } from "../../../bench/environment/block-device.js";
import { atLeast, runningKernelVersion } from "../../../bench/rules/kernel-version.js";
import { predict } from "../../../bench/rules/predict.js";
import { EASY_WRITE, type WriteQuestion } from "../../../bench/rules/question.js";
import {
  cannotRun,
  driver,
  isRoot,
  noPuntCounter,
  noTmpfs,
  scratchFolder,
  smallTrial,
  tmpfs,
} from "../../support/kernel.js";

const noLoop = isRoot
  ? noPuntCounter || cannotRun("losetup", "--find")
  : "SKIPPED, needs root to attach a loop device";
const kernel = runningKernelVersion(release(), version());
const WRITES = 512;

const expected = (filesystem: string, rest: Partial<WriteQuestion> = {}) =>
  predict({ ...EASY_WRITE, filesystem, kernel, ...rest }).punts;

/** A loop device over a file in memory or on the checkout's filesystem, detached after the tests. */
function loopDevice(): string {
  const file = join(scratchFolder(), "disk");
  writeFileSync(file, "");
  truncateSync(file, WRITES * 4096);
  const device = execFileSync("losetup", ["--find", "--show", file], { encoding: "utf8" }).trim();
  after(() => execFileSync("losetup", ["--detach", device]));
  return device;
}

async function puntRatio(path: string, blockSizeBytes = 4096): Promise<number> {
  const { writes, puntCount, firstError } = await driver.runTrial(
    smallTrial("", { path, existingFile: true, blockSizeBytes }),
  );
  assert.equal(firstError, null);
  assert.equal(writes, (WRITES * 4096) / blockSizeBytes);
  return (puntCount ?? Number.NaN) / writes;
}

test("writes to a raw block device punt where its pages are cached, and nowhere else", {
  skip: noLoop,
}, async () => {
  const device = loopDevice();
  assert.equal(expected("bdev"), false);
  assert.equal(await puntRatio(device), 0);
  const file = openSync(device, "r");
  try {
    readSync(file, Buffer.alloc(WRITES * 4096));
    assert.equal(expected("bdev", { cached: true }), true);
    assert.ok((await puntRatio(device)) > 0);
  } finally {
    closeSync(file);
  }
});

test("a write to a raw block device punts where it is longer than one request, and is not told where pages decide", {
  skip: noLoop,
}, async () => {
  const path = loopDevice();
  const name = basename(path);
  const number = readFileSync(`/sys/block/${name}/dev`, "utf8").trim();
  writeFileSync(`/sys/block/${name}/queue/max_sectors_kb`, "256");
  const devices = deviceStack(number);
  assert.deepEqual(devices[0]?.requestLimits?.bytes, 256 * 1024);
  for (const kib of [4, 256, 512]) {
    const lengthBytes = kib * 1024;
    const ratio = await puntRatio(path, lengthBytes);
    assert.equal(ratio, kib > 256 ? 1 : 0, `${kib} KiB`);
    assert.equal(expected("bdev", { devices, lengthBytes }), kib > 256, `${kib} KiB`);
  }
  // 1 MiB is 256 pages: a loop device takes 128 pieces of memory.
  writeFileSync(`/sys/block/${name}/queue/max_sectors_kb`, "1280");
  const long = { devices: deviceStack(number), lengthBytes: 2 ** 20 };
  assert.equal(long.devices[0]?.requestLimits?.segments, 128);
  assert.equal(expected("bdev", long), null);
  assert.ok((await puntRatio(path, 2 ** 20)) > 0, "no buffer lies in so few pieces");
});

test("every write to a file of tmpfs punts, as the rule for files without FMODE_NOWAIT says", {
  skip:
    noPuntCounter ||
    noTmpfs ||
    (atLeast(kernel, 6, 6) ? false : "SKIPPED, tmpfs takes O_DIRECT since Linux 6.6"),
}, async (t) => {
  const folder = mkdtempSync(join(tmpfs as string, "puntbench-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "file");
  writeFileSync(path, "");
  truncateSync(path, WRITES * 4096);
  assert.equal(expected("tmpfs"), true);
  assert.equal(await puntRatio(path), 1);
});
