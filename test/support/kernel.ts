import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { openPuntCounter } from "../../bench/environment/punt-counter.js";
import { type Driver, loadDriver, type TrialRequest } from "../../native/index.js";
import { packageRoot } from "../../terminal/package-root.js";

/** The real driver on the real kernel, and why punts cannot be counted here, if they cannot. */
export const driver: Driver = loadDriver();
const counter = openPuntCounter(driver);
export const noPuntCounter: string | false = counter.available
  ? false
  : `SKIPPED, punts cannot be counted here: ${counter.reason}`;
export const notRoot: string | false =
  process.getuid?.() === 0 ? false : "SKIPPED, needs root to prepare the situation";

/** A folder of this test file on the checkout's filesystem, removed after its tests. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(packageRoot(), "dist", "test-scratch-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A small dd-prefill trial, to be changed by the test. */
export function smallTrial(folder: string, changes: Partial<TrialRequest> = {}): TrialRequest {
  return {
    path: join(folder, "trial"),
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
