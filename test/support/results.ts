import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ResultsLine, type Trial } from "../../results/schema.js";

/** The lines of a results file, held against the schema. */
export function linesOf(path: string): ResultsLine[] {
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => ResultsLine.parse(JSON.parse(line)));
}

/** The lines of the only results file below a folder. */
export function onlyRunBelow(folder: string): ResultsLine[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".jsonl"),
  );
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) throw new Error(`results files: ${files}`);
  return linesOf(join(folder, file));
}

export function trialsIn(lines: readonly ResultsLine[]): Trial[] {
  return lines.filter((line) => line.type === "trial");
}
