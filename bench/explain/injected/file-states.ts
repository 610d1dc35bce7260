import { spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
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
  truncateSync(request.path, 0);
  truncateSync(request.path, request.fileSizeBytes);
  synced(request.path);
};

/** Every page of the file in the page cache, clean. */
export const cached: Prepare = async (driver, request) => {
  await written(driver, request);
  readFileSync(request.path);
};

export const setUserId: Prepare = async (driver, request) => {
  await written(driver, request);
  chmodSync(request.path, 0o4600);
};

/** All blocks shared with a copy of the file. */
export const shared: Prepare = async (driver, request) => {
  await written(driver, request);
  const copy = `${request.path}.copy`;
  rmSync(copy, { force: true });
  try {
    copyFileSync(request.path, copy, constants.COPYFILE_FICLONE_FORCE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CannotInject(`the filesystem shares no blocks (${code})`);
  }
  synced(copy);
};

/** The data goes through the journal, which is impossible for direct I/O. */
export const journalled: Prepare = async (driver, request) => {
  await written(driver, request);
  changeAttribute("+j", request.path);
};

/** On a filesystem that copies on write: a hole inside the size, in a file that is written in place. */
export const inPlaceSparse: Prepare = async (_, { path, fileSizeBytes }) => {
  writeFileSync(path, "");
  changeAttribute("+C", path);
  truncateSync(path, fileSizeBytes);
  synced(path);
};

/** Of the range of every write, the second half is written and the first is not. */
export const halfWritten: Prepare = async (driver, request) => {
  await allocated(driver, request);
  const file = openSync(request.path, "r+");
  const half = Buffer.alloc(request.blockSizeBytes / 2, 0x5a);
  for (let at = half.length; at < request.fileSizeBytes; at += request.blockSizeBytes) {
    writeSync(file, half, 0, half.length, at);
  }
  fsyncSync(file);
  closeSync(file);
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
const { openSync, closeSync, ftruncateSync } = require("node:fs");
const file = openSync(path, "r+");
ftruncateSync(file, sizeBytes + 4096);
parentPort.postMessage("started");
for (let i = 0; Atomics.load(stop, 0) === 0; i += 1) ftruncateSync(file, sizeBytes + (i % 2 ? 4096 : 8192));
closeSync(file);`;

/** Changes the size of the file again and again, beyond what is written: each change takes the lock of the inode. */
export function keepTruncating(sizeBytes: number) {
  return async (path: string): Promise<() => Promise<void>> => {
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(TRUNCATE_LOOP, { eval: true, workerData: { path, sizeBytes, stop } });
    await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    return async () => {
      Atomics.store(stop, 0, 1);
      await new Promise((resolve) => worker.once("exit", resolve));
    };
  };
}

function changeAttribute(change: string, path: string): void {
  const { status, error } = spawnSync("chattr", [change, path]);
  if (status === 0) return;
  const why = error ? `: ${error.message}` : "";
  throw new CannotInject(`chattr ${change} failed${why}`);
}

function synced(path: string): void {
  const file = openSync(path, "r+");
  fsyncSync(file);
  closeSync(file);
}
