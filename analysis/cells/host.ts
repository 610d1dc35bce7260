import { sep } from "node:path";
import { visible } from "../../terminal/quote.js";

/** A folder of this name holds a folder for each host. */
export const FLEET_FOLDER = "fleet";

/**
 * The host that a results file comes from: "web1" of `results/fleet/web1/6.1/run.jsonl`; null: not of a fleet.
 *
 * A results file names no host, so that it can be shown to others. The folder does, which its owner named.
 */
export function hostOf(file: string): string | null {
  const folders = file.split(sep).slice(0, -1);
  const fleet = folders.lastIndexOf(FLEET_FOLDER);
  const host = fleet < 0 ? undefined : folders[fleet + 1];
  return host === undefined ? null : visible(host);
}
