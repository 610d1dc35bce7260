import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ResultsLine } from "../../results/schema.js";

/** What is wrong with the results files below a folder: a broken line before the last, or a footer that miscounts. */
export function brokenResults(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) =>
      brokenFile(readFileSync(join(folder, name), "utf8")).map((what) => `${name}: ${what}`),
    );
}

export function brokenFile(text: string): string[] {
  const whole = text.split("\n");
  // After the last newline stands nothing, or the line that was cut.
  const cut = whole.pop() ?? "";
  const lines = whole.map((line, index) => ({ number: index + 1, line: parsed(line) }));
  const wrong = lines
    .filter(({ line }) => line === null)
    .map(({ number }) => `line ${number} cannot be read`);
  const trials = lines.filter(({ line }) => line?.type === "trial").length;
  const footers = lines.flatMap(({ line, number }) =>
    line?.type === "footer" ? [{ ...line, number }] : [],
  );
  const headers = lines.filter(({ line, number }) => line?.type === "header" && number > 1);
  return [
    ...wrong,
    ...headers.map(({ number }) => `line ${number} is a second header`),
    ...footers
      .filter((footer) => footer.trials !== trials)
      .map((footer) => `the footer says ${footer.trials} trials of ${trials}`),
    ...footers
      .filter(({ number }) => number < lines.length || cut !== "")
      .map(() => "lines follow the footer"),
  ];
}

function parsed(line: string): ResultsLine | null {
  try {
    return ResultsLine.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
