import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { mountOf } from "../../bench/environment/mount.js";
import { openPuntCounter } from "../../bench/environment/punt-counter.js";
import { type Driver, loadDriver, type TrialRequest } from "../../native/index.js";
import { packageRoot } from "../../terminal/package-root.js";

/** The real driver on the real kernel, and why punts cannot be counted here, if they cannot. */
export const driver: Driver = loadDriver();
const counter = openPuntCounter(driver);
export const noPuntCounter: string | false = counter.available
  ? false
  : `SKIPPED, punts cannot be counted here: ${counter.reason}`;
export const isRoot = process.getuid?.() === 0;
export const notRoot: string | false = isRoot
  ? false
  : "SKIPPED, needs root to prepare the situation";

/** Why a test that runs this command has to be skipped; false where the command succeeds. */
export function cannotRun(command: string, ...args: string[]): string | false {
  const { status } = spawnSync(command, args, { stdio: "ignore" });
  return status === 0 ? false : `SKIPPED, this does not work here: ${[command, ...args].join(" ")}`;
}

/** A folder without O_DIRECT. */
export const tmpfs = ["/dev/shm", "/tmp", "/run"].find(
  (folder) => existsSync(folder) && mountOf(folder)?.type === "tmpfs",
);
export const noTmpfs: string | false =
  tmpfs === undefined ? "SKIPPED, neither /dev/shm nor /tmp nor /run is a tmpfs here" : false;

/** A folder of this test file on the checkout's filesystem, removed after its tests. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(packageRoot(), "dist", "test-scratch-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let trials = 0;

/** A small dd-prefill trial on a fresh path, to be changed by the test. */
export function smallTrial(folder: string, changes: Partial<TrialRequest> = {}): TrialRequest {
  trials += 1;
  return {
    path: join(folder, `trial-${trials}`),
    preparation: "dd-prefill",
    arm: "inline",
    queueDepth: 8,
    blockSizeBytes: 4096,
    fileSizeBytes: 512 * 4096,
    order: "sequential",
    seed: 42,
    intervalNs: 0,
    registeredBuffers: false,
    settleNs: 0,
    countPunts: counter.available,
    ...changes,
  };
}
