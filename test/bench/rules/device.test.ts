import assert from "node:assert/strict";
import { test } from "node:test";
import { parseKernelVersion } from "../../../bench/rules/kernel-version.js";
import { predict } from "../../../bench/rules/predict.js";
import { type BlockLayer, EASY_WRITE, type WriteQuestion } from "../../../bench/rules/question.js";

const DISK: BlockLayer = { name: "vda", kind: "disk", detail: null };
const dm = (detail: string | null): BlockLayer => ({ name: "dm-0", kind: "dm", detail });
const MD: BlockLayer = { name: "md0", kind: "md", detail: null };

function verdict(
  release: string,
  devices: BlockLayer[],
  rest: Partial<WriteQuestion> = {},
): [unknown, string] {
  const kernel = parseKernelVersion(release);
  assert.ok(kernel);
  const { punts, cause } = predict({ ...EASY_WRITE, filesystem: "ext4", kernel, devices, ...rest });
  return [punts, cause];
}

test("every write to ext4 or XFS on dm-crypt or a thin pool punts before Linux 6.4", () => {
  for (const filesystem of ["ext4", "xfs"]) {
    for (const maker of ["CRYPT", "LVM-tpool", "LVM-cow"]) {
      const devices = [dm(maker), DISK];
      assert.deepEqual(verdict("6.1.180", devices, { filesystem }), [true, "no-nowait"]);
      assert.notEqual(verdict("6.12.107", devices, { filesystem })[1], "no-nowait");
    }
  }
  assert.deepEqual(verdict("6.12.107", [dm("CRYPT"), DISK]), [false, "overwrite"]);
});

test("dm-crypt below a linear volume counts as well, and btrfs is not asked for its device", () => {
  assert.deepEqual(verdict("6.1.180", [dm("LVM"), dm("CRYPT"), DISK]), [true, "no-nowait"]);
  const filesystem = "btrfs";
  assert.notEqual(verdict("6.1.180", [dm("CRYPT"), DISK], { filesystem })[1], "no-nowait");
});

test("md knows NOWAIT from Linux 5.17 on", () => {
  assert.deepEqual(verdict("5.10.223", [MD, DISK]), [true, "no-nowait"]);
  assert.deepEqual(verdict("6.1.180", [MD, DISK]), [false, "overwrite"]);
});

test("where the dm target is not known, only a write that the filesystem refuses is decided", () => {
  assert.deepEqual(verdict("6.1.180", [dm("LVM"), DISK]), [null, "not-established"]);
  assert.deepEqual(verdict("6.1.180", [dm(null), DISK], { extending: true }), [
    true,
    "extends-size",
  ]);
});

test("an opened block device always decides itself, also on kernels that no longer ask below a filesystem", () => {
  const filesystem = "bdev";
  assert.deepEqual(verdict("6.12.107", [DISK], { filesystem }), [false, "overwrite"]);
  assert.deepEqual(verdict("6.12.107", [dm("CRYPT"), DISK], { filesystem }), [true, "no-nowait"]);
  assert.deepEqual(verdict("6.12.107", [DISK], { filesystem, cached: true }), [true, "page-cache"]);
});

test("a block device refuses a write longer than one request, and more pages than it takes pieces are not told", () => {
  const limits = { bytes: 512 * 1024, segments: 64 };
  const asked = (lengthBytes: number, release = "6.12.107") =>
    verdict(release, [{ ...DISK, requestLimits: limits }], { filesystem: "bdev", lengthBytes });
  assert.deepEqual(asked(256 * 1024), [false, "overwrite"]);
  assert.deepEqual(asked(260 * 1024), [null, "not-established"]);
  assert.deepEqual(asked(516 * 1024), [true, "splits-request"]);
  assert.deepEqual(asked(516 * 1024, "5.10.223"), [null, "not-established"]);
  // A bio has 256 pieces at most, also where the queue takes more or is not known.
  const unknown = verdict("6.12.107", [DISK], { filesystem: "bdev", lengthBytes: 1028 * 1024 });
  assert.deepEqual(unknown, [null, "not-established"]);
});

test("extents that are not read punt a write on XFS alone", () => {
  const extentsNotRead = true;
  const of = (filesystem: string) => verdict("6.12.107", [DISK], { filesystem, extentsNotRead });
  assert.deepEqual(of("xfs"), [true, "extents-not-read"]);
  assert.deepEqual(of("ext4"), [false, "overwrite"]);
});
