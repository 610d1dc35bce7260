import assert from "node:assert/strict";
import { test } from "node:test";
import { parseKernelVersion } from "../../../bench/rules/kernel-version.js";
import { predict } from "../../../bench/rules/predict.js";
import { EASY_WRITE, type WriteQuestion } from "../../../bench/rules/question.js";

function verdict(filesystem: string, release: string, rest: Partial<WriteQuestion>): unknown {
  const kernel = parseKernelVersion(release);
  assert.ok(kernel);
  return predict({ ...EASY_WRITE, filesystem, kernel, ...rest }).punts;
}

test("btrfs falls back for checksums from the patch level on that has the backport", () => {
  const inode = { noCow: false, preallocated: true, dataJournal: false };
  const fallocated = { inode, extent: "unwritten" } as const;
  for (const release of ["6.6.130", "6.12.107", "6.14", "7.3"]) {
    assert.equal(verdict("btrfs", release, fallocated), true, release);
  }
  for (const release of ["6.6.129", "6.12.0", "6.13.5"]) {
    assert.equal(verdict("btrfs", release, fallocated), null, release);
  }
  assert.equal(verdict("btrfs", "6.1.192", fallocated), false);
});

test("a stat between writes punts the next one with multigrain timestamps, where timestamps punt at all", () => {
  const statSinceWrite = true;
  assert.equal(verdict("xfs", "6.12.117", { statSinceWrite }), "tick");
  assert.equal(verdict("xfs", "6.18.44", { statSinceWrite }), true);
  assert.equal(verdict("xfs", "7.3", { statSinceWrite, mountOptions: ["lazytime"] }), false);
  assert.equal(verdict("ext4", "7.2.13", { statSinceWrite }), false);
  assert.equal(verdict("ext4", "7.3.4", { statSinceWrite }), true);
});

test("inline encryption and real-time devices are said to be unknown", () => {
  const encrypted = { extent: "encrypted", mountOptions: ["inlinecrypt"] } as const;
  assert.equal(verdict("ext4", "6.18.44", encrypted), null);
  assert.equal(verdict("ext4", "6.18.44", { extent: "encrypted" }), true);
  assert.equal(verdict("xfs", "6.18.44", { mountOptions: ["rtdev=/dev/vdb"] }), null);
});
