import type { ZodType } from "zod";
import { Observation } from "../../results/observation.js";
import { ReplayLine } from "../../results/replay.js";
import { Explanation, Footer, Trial } from "../../results/schema.js";
import { upgradeTrial } from "../../results/upgrade.js";
import { visible, visibleDeep } from "../../terminal/quote.js";
import type { Run } from "../cells/run.js";
import { acceptorOf } from "./acceptor.js";
import { type ByteRange, lineBatches, UnreadableFile } from "./lines.js";

const acceptsTrial = acceptorOf(Trial);

/** What a part of a file holds besides its trials. */
export interface PartRead {
  trials: Run["trials"];
  explanations: Explanation[];
  observations: Observation[];
  replays: ReplayLine[];
  footer: Footer | null;
  /** One message for each line that is no trial. */
  badLines: string[];
  /** A message when the last line of the file is cut off. */
  truncated: string | null;
}

/**
 * Reads the trials of a range of lines. `firstLine` is the number of its first line, or null when another thread
 * reads what is before. Throws UnreadableFile.
 */
export function readTrials(
  file: string,
  range: ByteRange,
  firstLine: number | null,
  onTrial: (trial: Trial) => void,
): PartRead {
  const part: PartRead = {
    trials: { ok: 0, failed: 0, skipped: 0 },
    explanations: [],
    observations: [],
    replays: [],
    footer: null,
    badLines: [],
    truncated: null,
  };
  let number = firstLine;
  for (const { lines, unterminated } of lineBatches(file, range)) {
    for (const text of lines) {
      const name = number === null ? "a line" : `line ${number}`;
      if (number !== null) number += 1;
      if (text === "") continue;
      const trial = readLine(text, { name, unterminated }, part);
      if (trial === null) continue;
      part.trials[trial.status] += 1;
      onTrial(trial);
    }
  }
  return part;
}

/** The trial that a line holds; anything else that it holds goes into `part`. */
function readLine(
  text: string,
  { name, unterminated }: { name: string; unterminated: boolean },
  part: PartRead,
): Trial | null {
  const value = parseJson(text);
  if (value === null) {
    if (unterminated) part.truncated = `${name} is cut off in the middle: passed over`;
    else part.badLines.push(`${name}: not JSON`);
    return null;
  }
  if (value.type === "header") {
    throw new UnreadableFile(`${name} is a second header: the file is several runs put together`);
  }
  if (value.type === "footer") {
    const footer = Footer.safeParse(value);
    if (footer.success) part.footer = visibleDeep(footer.data);
    else part.badLines.push(`${name}: damaged footer (${firstIssue(footer.error)})`);
    return null;
  }
  if (readOther(value, name, part)) return null;
  if (acceptsTrial(value)) return value as Trial;
  const upgraded = upgradeTrial(value);
  if (acceptsTrial(upgraded)) return upgraded as Trial;
  const trial = Trial.safeParse(upgraded);
  if (trial.success) return trial.data;
  part.badLines.push(`${name}: not a trial (${firstIssue(trial.error)})`);
  return null;
}

/** A line of these kinds goes into `part`; false for any other. */
function readOther(value: Record<string, unknown>, name: string, part: PartRead): boolean {
  switch (value.type) {
    case "explanation":
      keep(Explanation, value, part.explanations, part, name);
      return true;
    case "observation":
      keep(Observation, value, part.observations, part, name);
      return true;
    case "replay":
      keep(ReplayLine, value, part.replays, part, name);
      return true;
    default:
      return false;
  }
}

function keep<Line extends { type: string }>(
  schema: ZodType<Line>,
  value: Record<string, unknown>,
  lines: Line[],
  { badLines }: PartRead,
  name: string,
): void {
  const line = schema.safeParse(value);
  if (line.success) lines.push(visibleDeep(line.data));
  else badLines.push(`${name}: damaged ${value.type} (${firstIssue(line.error)})`);
}

/** What is wrong with a line, and where in it. */
export function firstIssue(error: {
  issues: readonly { path: PropertyKey[]; message: string }[];
}): string {
  const issue = error.issues[0];
  return issue ? visible(`${issue.path.map(String).join(".")}: ${issue.message}`) : "unknown";
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
