import assert from "node:assert/strict";
import { questionAbout } from "../../bench/probe/question-about.js";
import type { Punts } from "../../bench/rules/prediction.js";
import { predictPrepared } from "../../bench/rules/preparation.js";
import type { Preparation } from "../../results/vocabulary.js";
import { driver } from "./kernel.js";

/** What the rules say of writes in order to a file of `folder`, on the running kernel. */
export function rulesSay(folder: string, preparation: Preparation): Punts {
  return predictPrepared(preparation, questionAbout(driver, folder, 4096)).punts;
}

/**
 * Holds a measured punt ratio of back to back writes against the rules. The first write of an inode may punt
 * whatever the preparation, and a clock tick punts some of the writes. Where no rule knows, any ratio is right.
 */
export function assertPuntRatio(ratio: number, punts: Punts, name: string): void {
  if (punts === true) assert.equal(ratio, 1, name);
  else if (punts === false) assert.ok(ratio < 0.01, `${name}: ${ratio}`);
  else assert.ok(ratio >= 0 && ratio <= 1, `${name}: ${ratio}`);
}
