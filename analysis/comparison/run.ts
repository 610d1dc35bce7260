import { UsageError } from "../../terminal/errors.js";
import { defaultPaths } from "../loading/find-files.js";
import { sayNotices } from "../loading/notices.js";
import { parseAllowed } from "./allowable.js";
import { type Comparison, compareSides } from "./compare.js";
import { comparisonExitCode } from "./gate.js";
import { parseOnly } from "./only.js";
import { comparisonJson, comparisonMarkdown, comparisonText } from "./output.js";
import { readSides } from "./sides.js";

export interface CompareOptions {
  results?: string[];
  threshold: string;
  allow?: string[];
  only?: string[];
  summary?: boolean;
  format?: string;
  failOnRegression?: boolean;
  json?: boolean;
}

const FORMATS: Readonly<Record<string, (comparison: Comparison, summary: boolean) => string>> = {
  table: comparisonText,
  markdown: comparisonMarkdown,
  json: (comparison) => JSON.stringify(comparisonJson(comparison), null, 2),
};

/** Prints the comparison and returns the exit code. Throws UserError. */
export async function runCompare(a: string, b: string, options: CompareOptions): Promise<number> {
  const thresholdRatio = parseShare(options.threshold, "--threshold");
  const allowed = parseAllowed(options.allow ?? []);
  const only = options.only && parseOnly(options.only);
  const name = options.json ? "json" : (options.format ?? "table");
  const format = FORMATS[name];
  if (!format) {
    throw new UsageError(
      `--format ${name}: not known`,
      `Choose from ${Object.keys(FORMATS).join(", ")}.`,
    );
  }
  const [left, right] = await readSides(a, b, options.results ?? defaultPaths());
  sayNotices(left.analysis, right.analysis);
  const comparison = compareSides(left, right, { thresholdRatio, allowed, ...(only && { only }) });
  process.stdout.write(`${format(comparison, options.summary ?? false)}\n`);
  return comparisonExitCode(comparison, options.failOnRegression ?? false);
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
