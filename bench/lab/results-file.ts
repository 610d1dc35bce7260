import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Header, ResultsLine } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";
import { makeFolders } from "../../terminal/make-folders.js";
import { visible } from "../../terminal/quote.js";
import { writeWhole } from "../../terminal/whole-file.js";
import type { FinishedBoot } from "./session/settings.js";

/** The header of a results file that is complete; null: there is none, or its run has not ended well. */
export function completeHeader(path: string): Header | null {
  try {
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    const [first, last] = [lines[0], lines.at(-1)].map((line) =>
      ResultsLine.parse(JSON.parse(line ?? "")),
    );
    const complete = last?.type === "footer" && last.outcome === "complete";
    return complete && first?.type === "header" ? first : null;
  } catch {
    return null;
  }
}

/** Gives the results of the only guest their place. A reader never sees half of them. */
export async function keepAs(path: string, { resultsFiles }: FinishedBoot): Promise<void> {
  const [results] = resultsFiles;
  if (results === undefined) throw new UserError("the guest sent no results file", "Run it again.");
  try {
    makeFolders(dirname(path));
    await writeWhole(path, readFileSync(results));
  } catch (error) {
    throw new UserError(
      `--results-file ${visible(path)} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      "Name a file in a folder that you may write to.",
    );
  }
}
