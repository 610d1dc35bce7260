import { Explanation, Footer, Trial } from "../../results/schema.js";
import type { OnTrial, Run } from "../cells/run.js";
import { acceptorOf } from "./acceptor.js";
import { type ByteRange, lineBatches } from "./lines.js";

const acceptsTrial = acceptorOf(Trial);

/** What a part of a file holds besides its trials. */
export interface PartRead {
  trials: Run["trials"];
  explanations: Explanation[];
  footer: Footer | null;
  /** Lines that are no trial, each in words. */
  badLines: string[];
  /** The last line of the file is cut off. */
  truncated: string | null;
}

/**
 * Reads the trials of a range of lines. `line` is the number of the first, or null when it is not
 * known, because another thread reads what is before. Throws UnreadableFile.
 */
export function readTrials(
  run: Run,
  range: ByteRange,
  line: number | null,
  onTrial: OnTrial,
): PartRead {
  const trials = { ok: 0, failed: 0, skipped: 0 };
  const part: PartRead = {
    ...{ trials, explanations: [], footer: null },
    ...{ badLines: [], truncated: null },
  };
  let number = line;
  for (const { lines, unterminated } of lineBatches(run.file, range)) {
    for (const text of lines) {
      const name = number === null ? "a line" : `line ${number}`;
      if (number !== null) number += 1;
      if (text !== "") readLine(text, name, unterminated, run, part, onTrial);
    }
  }
  return part;
}

function readLine(
  text: string,
  name: string,
  unterminated: boolean,
  run: Run,
  part: PartRead,
  onTrial: OnTrial,
): void {
  const value = parseJson(text);
  if (value === null) {
    if (unterminated) part.truncated = `${name} is cut off in the middle: passed over`;
    else part.badLines.push(`${name}: not JSON`);
    return;
  }
  if (value.type === "footer") {
    const footer = Footer.safeParse(value);
    if (footer.success) part.footer = footer.data;
    else part.badLines.push(`${name}: damaged footer (${firstIssue(footer.error)})`);
    return;
  }
  if (value.type === "explanation") {
    const explanation = Explanation.safeParse(value);
    if (explanation.success) part.explanations.push(explanation.data);
    else part.badLines.push(`${name}: damaged explanation (${firstIssue(explanation.error)})`);
    return;
  }
  const trial = acceptsTrial(value) ? { data: value as Trial } : Trial.safeParse(value);
  if (!trial.data) {
    part.badLines.push(`${name}: not a trial (${firstIssue(trial.error)})`);
    return;
  }
  part.trials[trial.data.status] += 1;
  onTrial(trial.data, run);
}

/** What is wrong with a line, and where in it. */
export function firstIssue(error: {
  issues: readonly { path: PropertyKey[]; message: string }[];
}): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.map(String).join(".")}: ${issue.message}` : "unknown";
}

/** null when the text is not a JSON object. */
export function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : null;
  } catch {
    return null;
  }
}
