import { dirname, isAbsolute, normalize, sep } from "node:path";
import { visible } from "../../terminal/quote.js";

/** A folder of this name holds a folder for each host. */
export const FLEET_FOLDER = "fleet";

/** The folder of one host of a fleet. */
export interface HostFolder {
  /** Safe to show. */
  name: string;
  path: string;
}

/**
 * The host that a results file comes from: "web1" of `results/fleet/web1/6.1/run.jsonl`; null: not of a fleet.
 *
 * A results file names no host, so that it can be shown to others. The folder does, which its owner named.
 *
 * @param named the path that the user named, in which the file was found. What stands above an absolute one says
 *   nothing of the results: the checkout may lie in /home/fleet.
 */
export function hostFolderOf(file: string, named: string): HostFolder | null {
  const folders = file.split(sep).slice(0, -1);
  const fleet = folders.lastIndexOf(FLEET_FOLDER);
  const above = isAbsolute(named) ? partsOf(dirname(normalize(named))) : 0;
  const host = fleet < above ? undefined : folders[fleet + 1];
  if (fleet < 0 || host === undefined) return null;
  return { name: visible(host), path: folders.slice(0, fleet + 2).join(sep) };
}

function partsOf(path: string): number {
  return path === sep ? 1 : path.split(sep).length;
}
