import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { release, version } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runningKernelVersion } from "../../../bench/rules/kernel-version.js";
import { predict } from "../../../bench/rules/predict.js";
import { EASY_WRITE } from "../../../bench/rules/question.js";
import { EXTENTS_IN_INODE } from "../../../bench/rules/xfs.js";
import { cannotRun, notRoot, scratchFolder } from "../../support/kernel.js";

/**
 * Makes files of so many extents on the image, mounts it again for each, so that their inodes are loaded anew, and tries
 * to overwrite the first block without waiting. A fresh timestamp keeps clock ticks out of it. In Python, because Node
 * has no pwritev2. Prints for each file whether the try before an ordinary write was refused, and the one after it.
 */
const PROGRAM = `
import json, mmap, os, subprocess, sys
image, place, *counts = sys.argv[1:]
block = mmap.mmap(-1, 4096)
def mounted(work):
    subprocess.check_call(["mount", "-t", "xfs", "-o", "loop", image, place])
    try: return work()
    finally: subprocess.check_call(["umount", place])
def opened(count): return os.open(f"{place}/{count}", os.O_RDWR | os.O_CREAT | os.O_DIRECT, 0o600)
def make():
    for count in counts:
        file = opened(count)
        for index in range(int(count)): os.pwrite(file, block, index * 8192)
        os.fsync(file)
        os.close(file)
def refused(file):
    os.utime(file)
    try: os.pwritev(file, [block], 0, os.RWF_NOWAIT)
    except BlockingIOError: return True
    return False
def tried(count, before):
    file = opened(count)
    before(count)
    first = refused(file)
    os.pwrite(file, block, 0)
    second = refused(file)
    os.close(file)
    return [first, second]
def fiemap(count): subprocess.check_call(["filefrag", f"{place}/{count}"], stdout=subprocess.DEVNULL)
mounted(make)
said = [mounted(lambda: tried(count, lambda _: None)) for count in counts]
said.append(mounted(lambda: tried(counts[-1], fiemap)))
print(json.dumps(said))
`;

const skip =
  notRoot ||
  cannotRun("mkfs.xfs", "-V") ||
  cannotRun("filefrag", "-V") ||
  cannotRun("grep", "-qw", "xfs", "/proc/filesystems") ||
  cannotRun("python3", "-c", "import os; os.RWF_NOWAIT");

test("on XFS writes to a file whose extents are not read would have to wait, until something reads them", {
  skip,
}, () => {
  const folder = scratchFolder();
  const image = join(folder, "image");
  const place = join(folder, "mounted");
  mkdirSync(place);
  writeFileSync(image, "");
  truncateSync(image, 400 * 2 ** 20);
  execFileSync("mkfs.xfs", ["-q", image]);
  const counts = [1, EXTENTS_IN_INODE, 3 * EXTENTS_IN_INODE].map(String);
  const args = ["--mount", "python3", "-c", PROGRAM, image, place, ...counts];
  const [one, most, list, afterFiemap] = JSON.parse(
    execFileSync("unshare", args, { encoding: "utf8" }),
  );
  const question = {
    ...EASY_WRITE,
    filesystem: "xfs",
    kernel: runningKernelVersion(release(), version()),
  };
  const unread = predict({ ...question, extentsNotRead: true }).punts;
  assert.deepEqual({ one, most }, { one: [false, false], most: [false, false] });
  assert.deepEqual({ list, afterFiemap }, { list: [unread, false], afterFiemap: [false, false] });
});
