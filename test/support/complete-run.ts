import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { puntbench } from "./puntbench.js";

/** The text of a results file of this kernel: one short trial, complete. */
export async function completeRun(folder: string, label: string): Promise<string> {
  const least = ["--rounds", "1", "--queue-depths", "1", "--arms", "psync"];
  const where = ["--dir", folder, "--out", folder, "--kernel-label", label];
  const args = ["bench", "--quick", "-p", "dd-prefill", ...least, ...where, "--json"];
  const { code, stdout, stderr } = await puntbench(args);
  assert.equal(code, 0, stderr);
  return readFileSync(JSON.parse(stdout).resultsFile, "utf8");
}
