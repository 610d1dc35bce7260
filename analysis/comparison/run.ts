import { UsageError } from "../../terminal/errors.js";
import { defaultPaths } from "../loading/find-files.js";
import { ALLOWABLE, type Allowable, compareSides } from "./compare.js";
import { comparisonExitCode } from "./gate.js";
import { comparisonJson, comparisonText } from "./output.js";
import { readSides } from "./sides.js";

export interface CompareOptions {
  results?: string[];
  threshold: string;
  allow?: string[];
  failOnRegression?: boolean;
  json?: boolean;
}

/** Prints the comparison and returns the exit code. Throws UserError. */
export async function runCompare(a: string, b: string, options: CompareOptions): Promise<number> {
  const threshold = parseShare(options.threshold, "--threshold");
  const allowed = new Set((options.allow ?? []).flatMap((text) => text.split(",")).map(allowable));
  const [left, right] = await readSides(a, b, options.results ?? defaultPaths());
  const comparison = compareSides(left, right, threshold, allowed);
  const output = options.json
    ? JSON.stringify(comparisonJson(comparison), null, 2)
    : comparisonText(comparison);
  process.stdout.write(`${output}\n`);
  return comparisonExitCode(comparison, options.failOnRegression ?? false);
}

function allowable(text: string): Allowable {
  const found = ALLOWABLE.find((known) => known === text);
  if (!found) {
    throw new UsageError(`--allow ${text}: not known`, `Choose from ${ALLOWABLE.join(", ")}.`);
  }
  return found;
}

/** "5%" or "0.05" -> 0.05. */
export function parseShare(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(%)?$/.exec(text.trim());
  const value = match ? Number(match[1]) / (match[2] ? 100 : 1) : Number.NaN;
  if (!(value >= 0 && value < 1)) {
    throw new UsageError(`${option} ${text}: not a share`, "Write it like 5% or 0.05, below 100%.");
  }
  return value;
}
