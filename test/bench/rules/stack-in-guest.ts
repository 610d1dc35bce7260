import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { openPuntCounter } from "../../../bench/environment/punt-counter.js";
import { loadDriver } from "../../../native/index.js";

/*
 * Runs in a guest of the lab: node stack-in-guest.js DIRECTORY. Overwrites a file there, counts the punts, and asks
 * inspect and doctor about the same file and directory. Prints one JSON object.
 */
const directory = process.argv[2] as string;
const cli = join(dirname(process.argv[1] as string), "../../../cli.js");

/** What a command prints with --json, whatever its exit code. */
function asked(command: string, about: string): unknown {
  const args = [cli, command, about, "--json"];
  return JSON.parse(spawnSync(process.execPath, args, { encoding: "utf8" }).stdout);
}

const driver = loadDriver();
openPuntCounter(driver);
const path = join(directory, "file");
const request = {
  path,
  preparation: "dd-prefill",
  arm: "inline",
  queueDepth: 4,
  blockSizeBytes: 4096,
  fileSizeBytes: 256 * 4096,
  order: "sequential",
  seed: 1,
  intervalNs: 0,
  registeredBuffers: false,
  settleNs: 0,
  countPunts: true,
} as const;
await driver.runTrial({ ...request, prepareOnly: true, keepFile: true });
const { writes, puntCount } = await driver.runTrial({ ...request, existingFile: true });
const inspection = asked("inspect", path);
const diagnosis = asked("doctor", directory);
process.stdout.write(`${JSON.stringify({ writes, puntCount, inspection, diagnosis })}\n`);
