import assert from "node:assert/strict";
import { test } from "node:test";
import { GUEST } from "../../../bench/lab/image/job.js";
import { parseKernelVersion } from "../../../bench/rules/kernel-version.js";
import { predict } from "../../../bench/rules/predict.js";
import { EASY_WRITE } from "../../../bench/rules/question.js";
import { EXTENTS_IN_INODE } from "../../../bench/rules/xfs.js";
import { inGuest, kernelOf, skip as noLab } from "../../support/guest.js";
import { cannotRun } from "../../support/kernel.js";

/** Has no punts on clock ticks, which would hide this one. */
const KERNEL = "5.10";
const FILES = { inode: EXTENTS_IN_INODE, list: 3 * EXTENTS_IN_INODE };

/**
 * JavaScript for the guest: makes a file of each number of extents, lets the kernel drop the inodes, and then tries to
 * overwrite the first block twice without waiting. xfs_io does not ask for the extents. Prints what each try said.
 */
const SCRIPT = `
const { spawnSync } = require("child_process");
const { writeFileSync } = require("fs");
const io = (file, ...commands) => {
  const { stdout, stderr } = spawnSync("xfs_io", ["-f", "-d", ...commands.flatMap((command) => ["-c", command]), file], { encoding: "utf8" });
  return stdout + stderr;
};
const files = ${JSON.stringify(FILES)};
const pathOf = (name) => "${GUEST.scratch}/" + name;
for (const [name, extents] of Object.entries(files)) {
  io(pathOf(name), ...Array.from({ length: extents }, (_, index) => "pwrite " + index * 8192 + " 4096"), "fsync");
}
for (let i = 0; i < 5; i += 1) {
  spawnSync("sync");
  writeFileSync("/proc/sys/vm/drop_caches", "3");
}
const attempt = (name) => io(pathOf(name), "pwrite -N -V 1 0 4096").includes("temporarily unavailable");
console.log(JSON.stringify(Object.fromEntries(Object.keys(files).map((name) => [name, [attempt(name), attempt(name)]]))));
`;

test("on XFS the first write to a file whose extents are not read would have to wait, and no other", {
  skip: noLab || cannotRun("xfs_io", "-V"),
}, async () => {
  const kernel = await kernelOf(KERNEL);
  const printed = await inGuest({ kernel, filesystem: "xfs", command: ["-e", SCRIPT] });
  const refused: Record<keyof typeof FILES, [first: boolean, second: boolean]> =
    JSON.parse(printed);
  const version = parseKernelVersion(KERNEL);
  assert.ok(version);
  const question = { ...EASY_WRITE, filesystem: "xfs", kernel: version };
  const [unread, read] = [true, false].map(
    (extentsNotRead) => predict({ ...question, extentsNotRead }).punts,
  );
  assert.deepEqual(refused, { inode: [read, read], list: [unread, read] });
});
