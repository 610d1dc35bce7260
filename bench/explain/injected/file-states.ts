import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Driver, TrialRequest } from "../../../native/index.js";
import type { Preparation } from "../../../results/vocabulary.js";
import { CannotInject } from "./injected-cause.js";

type Prepare = (driver: Driver, request: TrialRequest) => Promise<void>;

const prepared =
  (preparation: Preparation): Prepare =>
  async (driver, request) => {
    await driver.runTrial({ ...request, preparation, prepareOnly: true, keepFile: true });
  };

export const empty = prepared("no-fallocate");
export const allocated = prepared("fallocate-0");
export const written = prepared("dd-prefill");

/** A hole inside the size. The inode was written before, so that no write is its first one. */
export const sparse: Prepare = async (driver, request) => {
  await written(driver, request);
  withFile(request.path, "existing", (file) => {
    ftruncateSync(file, 0);
    ftruncateSync(file, request.fileSizeBytes);
    fsyncSync(file);
  });
};

/** Every page of the file in the page cache, clean. */
export const cached: Prepare = async (driver, request) => {
  await written(driver, request);
  withFile(request.path, "existing", (file) => readFileSync(file));
};

export const setUserId: Prepare = async (driver, request) => {
  await written(driver, request);
  withFile(request.path, "existing", (file) => fchmodSync(file, 0o4600));
};

/** All blocks shared with a copy of the file. */
export const shared: Prepare = async (driver, request) => {
  await written(driver, request);
  const copy = `${request.path}.copy`;
  rmSync(copy, { force: true });
  try {
    const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = constants;
    copyFileSync(request.path, copy, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CannotInject(`the filesystem shares no blocks (${code})`);
  }
  withFile(copy, "existing", fsyncSync);
};

/** The data goes through the journal, which is impossible for direct I/O. */
export const journalled: Prepare = async (driver, request) => {
  await written(driver, request);
  changeAttribute("+j", request.path);
};

/** On a filesystem that copies on write: a hole inside the size, in a file that is written in place. */
export const inPlaceSparse: Prepare = async (_, { path, fileSizeBytes }) => {
  withFile(path, "new", (file) => {
    changeAttribute("+C", path);
    ftruncateSync(file, fileSizeBytes);
    fsyncSync(file);
  });
};

const FIEMAP_EXTENT_UNWRITTEN = 0x800;

/**
 * Of the range of every write, the second half is written and the first is not. Where pages hold several blocks, older
 * kernels write zeros to such a half instead (no DIOREAD_NOLOCK in ext4_set_def_opts, 6.1): nothing is crossed then.
 */
export const halfWritten: Prepare = async (driver, request) => {
  await allocated(driver, request);
  const half = Buffer.alloc(request.blockSizeBytes / 2, 0x5a);
  withFile(request.path, "existing", (file) => {
    for (let at = half.length; at < request.fileSizeBytes; at += request.blockSizeBytes) {
      writeSync(file, half, 0, half.length, at);
    }
    fsyncSync(file);
  });
  const halves = driver
    .extents(request.path)
    .filter(({ flags }) => flags & FIEMAP_EXTENT_UNWRITTEN);
  if (halves.length < request.fileSizeBytes / request.blockSizeBytes) {
    throw new CannotInject("the filesystem wrote zeros to unwritten blocks beside those written");
  }
};

/** Makes the kernel drop every inode that is not in use. Once is not enough for an inode that was used just now. */
export async function dropCaches(): Promise<void> {
  for (let i = 0; i < 5; i += 1) {
    spawnSync("sync");
    writeFileSync("/proc/sys/vm/drop_caches", "3");
    await sleep(50);
  }
}

const TRUNCATE_LOOP = `
const { workerData: { path, sizeBytes, stop }, parentPort } = require("node:worker_threads");
const { openSync, closeSync, constants, ftruncateSync } = require("node:fs");
const file = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
ftruncateSync(file, sizeBytes + 4096);
parentPort.postMessage("started");
for (let i = 0; Atomics.load(stop, 0) === 0; i += 1) ftruncateSync(file, sizeBytes + (i % 2 ? 4096 : 8192));
closeSync(file);`;

/** Changes the size of the file again and again, beyond what is written: each change takes the lock of the inode. */
export function keepTruncating(sizeBytes: number) {
  return (path: string) => keepRunning(TRUNCATE_LOOP, { path, sizeBytes });
}

const STAT_LOOP = `
const { workerData: { path, stop }, parentPort } = require("node:worker_threads");
const { lstatSync } = require("node:fs");
parentPort.postMessage("started");
while (Atomics.load(stop, 0) === 0) lstatSync(path);`;

/** Calls stat() on the file all the time, so that also between any two of its writes. */
export const keepAskingForTimes = (path: string) => keepRunning(STAT_LOOP, { path });

/** Runs a loop in a thread beside the writes. Returns what ends it. */
async function keepRunning(loop: string, data: object): Promise<() => Promise<void>> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(loop, { eval: true, workerData: { ...data, stop } });
  await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  return async () => {
    Atomics.store(stop, 0, 1);
    await new Promise((resolve) => worker.once("exit", resolve));
  };
}

function changeAttribute(change: string, path: string): void {
  // In chattr, "self" would be chattr.
  const seenFromOutside = path.replace("/proc/self/", `/proc/${process.pid}/`);
  const { status, error } = spawnSync("chattr", [change, seenFromOutside]);
  if (status === 0) return;
  const why = error ? `: ${error.message}` : "";
  throw new CannotInject(`chattr ${change} failed${why}`);
}

/** Opens a file of the scratch directory. A link in its place is not followed. */
function withFile(path: string, which: "new" | "existing", work: (file: number) => void): void {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
  const file = openSync(
    path,
    O_RDWR | O_NOFOLLOW | (which === "new" ? O_CREAT | O_EXCL : 0),
    0o600,
  );
  try {
    work(file);
  } finally {
    closeSync(file);
  }
}
