import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type KernelVersion,
  parseKernelVersion,
  runningKernelVersion,
} from "../../../bench/rules/kernel-version.js";
import { predict } from "../../../bench/rules/predict.js";
import type { Cause, Punts } from "../../../bench/rules/prediction.js";
import { predictPrepared } from "../../../bench/rules/preparation.js";
import { EASY_WRITE, type WriteQuestion } from "../../../bench/rules/question.js";
import { PREPARATIONS } from "../../../results/vocabulary.js";

function kernel(release: string): KernelVersion {
  const version = parseKernelVersion(release);
  assert.ok(version);
  return version;
}

test("kernel versions are read as distributions write them", () => {
  assert.deepEqual(kernel("6.12.107+deb13-amd64"), { major: 6, minor: 12, patch: 107 });
  assert.deepEqual(kernel("7.3-rc1"), { major: 7, minor: 3, patch: 0 });
  assert.equal(parseKernelVersion("unknown"), null);
  const debian = "#1 SMP Debian 5.10.262-1 (2026-01-01)";
  assert.equal(runningKernelVersion("5.10.0-46-cloud-amd64", debian).patch, 262);
  assert.equal(runningKernelVersion("6.18.44", "#1 SMP PREEMPT_DYNAMIC").patch, 44);
});

/** Each preparation on each kernel: as published for 6.1 and 6.12, and as measured on the others. */
const PREPARED: [filesystem: string, release: string, options: string[], Punts[]][] = [
  // In the order of PREPARATIONS: no-fallocate, keep-size, fallocate-0, zero-range, dd-prefill.
  ["ext4", "5.10.223", [], [true, true, true, true, false]],
  ["ext4", "6.1.180", [], [true, true, true, true, false]],
  ["ext4", "6.3.0", [], [true, true, false, false, false]],
  ["ext4", "6.12.117", [], [true, true, false, false, false]],
  ["ext4", "6.18.44", [], [true, true, false, false, false]],
  ["ext4", "7.2.13", ["lazytime"], [true, true, false, false, false]],
  ["ext4", "7.3.4", ["lazytime"], [true, true, "tick", "tick", "tick"]],
  ["ext4", "6.12.117", ["data=journal"], [true, true, true, true, true]],
  ["xfs", "5.10.223", [], [true, false, false, false, false]],
  ["xfs", "6.1.180", [], [true, "tick", "tick", "tick", "tick"]],
  ["xfs", "6.12.117", ["lazytime"], [true, "tick", "tick", "tick", "tick"]],
  ["xfs", "7.2.13", [], [true, "tick", "tick", "tick", "tick"]],
  ["xfs", "7.2.13", ["lazytime"], [true, false, false, false, false]],
  ["btrfs", "6.1.180", [], [true, false, false, false, true]],
  ["btrfs", "6.18.44", [], [true, true, true, true, true]],
  ["overlay", "6.18.44", [], [true, true, true, true, true]],
  ["overlay", "6.1.180", [], [null, null, null, null, null]],
  ["f2fs", "6.1.180", [], [true, true, true, true, false]],
  ["f2fs", "6.12.117", [], [true, true, true, true, false]],
  ["f2fs", "5.4.290", [], [null, null, null, null, null]],
  ["f2fs", "5.10.262", [], [true, true, true, true, false]],
  ["f2fs", "6.18.15", [], [true, true, true, true, false]],
  ["f2fs", "7.3.4", ["lazytime"], [true, true, true, true, false]],
  ["tmpfs", "6.18.44", [], [true, true, true, true, true]],
  ["nfs4", "6.12.117", [], [true, true, true, true, true]],
  ["nfs4", "6.1.180", [], [null, null, null, null, null]],
  ["bcachefs", "6.12.117", [], [true, true, true, true, true]],
  ["zfs", "6.12.117", [], [true, true, true, true, true]],
  ["jfs", "6.12.117", [], [null, null, null, null, null]],
];

for (const [filesystem, release, mountOptions, expected] of PREPARED) {
  test(`the rules know which preparations punt on ${[filesystem, ...mountOptions].join(" ")} of Linux ${release}`, () => {
    const question = { ...EASY_WRITE, filesystem, kernel: kernel(release), mountOptions };
    const punts = PREPARATIONS.map((preparation) => predictPrepared(preparation, question).punts);
    assert.deepEqual(punts, expected);
  });
}

/** What differs from an aligned overwrite of written blocks, and what it comes to. */
const WRITES: [string, string, Partial<WriteQuestion>, Punts, Cause][] = [
  ["ext4", "6.18.44", {}, false, "overwrite"],
  ["ext4", "6.18.44", { forced: true }, true, "forced"],
  ["ext4", "6.18.44", { cached: true }, true, "page-cache"],
  ["ext4", "6.18.44", { cached: null }, false, "overwrite"],
  ["ext4", "6.18.44", { extent: "hole" }, true, "hole"],
  ["ext4", "7.3.4", { extent: "hole" }, true, "hole"],
  ["ext4", "6.18.44", { extent: "delayed" }, true, "hole"],
  ["ext4", "6.18.44", { extent: "inline" }, true, "no-direct-io"],
  ["ext4", "6.18.44", { extent: "hole", extending: true }, true, "extends-size"],
  ["ext4", "6.18.44", { crossesExtents: true }, true, "crosses-extents"],
  ["ext4", "7.3.4", { crossesExtents: true, extent: "unwritten" }, "tick", "timestamp"],
  ["ext4", "7.3.4", { crossesExtents: true, extent: "hole" }, true, "hole"],
  ["ext4", "6.1.180", { extent: "unwritten" }, true, "unwritten"],
  ["ext4", "6.18.44", { extent: "unwritten" }, false, "unwritten-in-place"],
  ["ext4", "6.1.180", { aligned: false }, true, "unaligned"],
  ["ext4", "6.18.44", { aligned: false }, false, "overwrite"],
  ["ext4", "6.18.44", { aligned: false, extent: "unwritten" }, true, "unaligned"],
  ["ext4", "6.18.44", { firstWriteOfInode: true }, true, "first-write-of-inode"],
  ["ext4", "7.3.4", {}, "tick", "timestamp"],
  ["ext4", "7.3.4", { cached: true }, true, "page-cache"],
  ["xfs", "6.18.44", {}, "tick", "timestamp"],
  ["xfs", "6.18.44", { firstWriteOfInode: true }, "tick", "timestamp"],
  ["xfs", "6.18.44", { extent: "shared" }, true, "shared-extent"],
  ["xfs", "6.18.44", { extent: "unwritten", extending: true }, "tick", "timestamp"],
  ["xfs", "6.18.44", { extent: "unwritten", extending: true, afterGap: true }, true, "beyond-size"],
  ["xfs", "5.10.223", { aligned: false }, true, "unaligned"],
  ["xfs", "6.18.44", { aligned: false, extent: "unwritten" }, true, "unaligned"],
  ["xfs", "6.18.44", { crossesExtents: true }, true, "crosses-extents"],
  ["btrfs", "6.18.44", {}, true, "copy-on-write"],
];

for (const [filesystem, release, changes, punts, cause] of WRITES) {
  test(`a write of ${JSON.stringify(changes)} on ${filesystem} of Linux ${release}: ${cause}`, () => {
    const prediction = predict({
      ...EASY_WRITE,
      filesystem,
      kernel: kernel(release),
      ...changes,
    });
    assert.equal(prediction.punts, punts);
    assert.equal(prediction.cause, cause);
    assert.notEqual(prediction.why, "");
    // What punts is decided somewhere, and what does not needs no cure.
    assert.equal(prediction.kernelFunction === null, punts === null);
    if (punts === false) assert.equal(prediction.curedBy, null);
  });
}

test("chattr +C makes btrfs overwrite in place, but not a hole or a shared extent", () => {
  const inode = { noCow: true, preallocated: false, dataJournal: false };
  const question = {
    ...EASY_WRITE,
    filesystem: "btrfs",
    kernel: kernel("6.18.44"),
    inode,
  };
  assert.equal(predict(question).punts, false);
  assert.equal(predict({ ...question, extent: "unwritten", extending: true }).punts, false);
  assert.equal(predict({ ...question, extent: "hole" }).cause, "hole");
  assert.equal(predict({ ...question, extent: "shared" }).cause, "shared-extent");
});
