import { readFile } from "node:fs/promises";
import { withInferredTicks } from "../../results/atlas/inferred-ticks.js";
import type { AtlasScenario } from "../../results/atlas/scenario-rows.js";
import { type AtlasCause, AtlasCell } from "../../results/atlas/schema.js";
import { describeScenario, scenarioKey } from "../../results/scenario.js";
import { type Explanation, type Header, ResultsLine, type Trial } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";

/** The lines of one boot's results files: those that were counted, and those that were traced. */
export interface BootLines {
  headers: Header[];
  trials: Trial[];
  explanations: Explanation[];
}

/** Reads what a guest sent; a UserError where it is no results file. */
export async function readBootLines(paths: readonly string[]): Promise<BootLines> {
  const lines: BootLines = { headers: [], trials: [], explanations: [] };
  for (const path of paths) {
    for (const text of (await readFile(path, "utf8")).split("\n").filter((line) => line !== "")) {
      const line = parsed(text, path);
      if (line.type === "header") lines.headers.push(line);
      if (line.type === "trial") lines.trials.push(line);
      if (line.type === "explanation") lines.explanations.push(line);
    }
  }
  return lines;
}

function parsed(text: string, path: string): ResultsLine {
  try {
    return ResultsLine.parse(JSON.parse(text));
  } catch {
    throw new UserError(
      `${path}: a line is no line of a results file`,
      "The file came from a guest as it is: run that kernel again.",
    );
  }
}

/** One cell for each scenario of the list, also where the kernel or the filesystem could not do it. */
export function cellsOfBoot(lines: BootLines, list: readonly AtlasScenario[]): AtlasCell[] {
  return withInferredTicks(list.map((wanted) => cellOf(wanted, lines)));
}

function cellOf({ name, scenario }: AtlasScenario, lines: BootLines): AtlasCell {
  const key = scenarioKey(scenario);
  const trial = lines.trials.find((one) => scenarioKey(one.scenario) === key);
  const traced = lines.explanations.find((one) => scenarioKey(one.scenario) === key);
  const skipped = whySkipped(scenario, trial, traced, lines);
  if (skipped !== null) return AtlasCell.parse({ ...EMPTY, scenario: name, key, skipped });
  const { measurement } = trial as Trial;
  const untraced = measurement?.puntCountUntraced ?? 0;
  return AtlasCell.parse({
    ...EMPTY,
    scenario: name,
    key,
    counted: countedOf(trial as Trial),
    ...(traced && {
      traced: tracedOf(traced),
      causes: traced.causes.map(causeOf),
      kernelFunction: functionOf(traced),
      submitterGot: Object.keys(traced.submitterGot).sort(),
      workerGot: Object.keys(traced.workerGot).sort(),
    }),
    ...(untraced > 0 && { untraced }),
  });
}

const EMPTY = {
  skipped: null,
  counted: null,
  traced: null,
  causes: [],
  kernelFunction: null,
  submitterGot: [],
  workerGot: [],
} as const;

function countedOf({ measurement }: Trial): AtlasCell["counted"] {
  if (measurement?.puntCount == null) return null;
  const requests = measurement.writesIssued ?? measurement.writes;
  const syncs = measurement.puntCountFsyncs;
  return { requests, punts: measurement.puntCount, ...(syncs != null && { syncs }) };
}

function tracedOf({ scenario, writes, punts, causes }: Explanation): AtlasCell["traced"] {
  const hasSyncs = scenario.durability?.includes("-f") ?? false;
  if (!hasSyncs) return { requests: writes, punts };
  const syncs = causes.find(({ cause }) => cause === "blocking-operation")?.punts ?? 0;
  return { requests: writes, punts, syncs };
}

function causeOf({ cause, punts, evidence, curedBy }: Explanation["causes"][number]): AtlasCause {
  return { cause, punts, evidence, curedBy };
}

/** Of the most frequent cause, where the rules expected it too; where nothing punted, of what they expected. */
function functionOf({ causes, predicted }: Explanation): string | null {
  const [main] = causes.toSorted((a, b) => b.punts - a.punts);
  const expected = predicted.filter(({ cause }) => main === undefined || cause === main.cause);
  return expected.find(({ kernelFunction }) => kernelFunction !== null)?.kernelFunction ?? null;
}

/** In the words of the bench, without the name of the scenario before them. */
function whySkipped(
  scenario: AtlasScenario["scenario"],
  trial: Trial | undefined,
  traced: Explanation | undefined,
  { headers }: BootLines,
): string | null {
  if (trial?.status === "ok") return null;
  if (trial !== undefined) return trial.reason ?? trial.status;
  if (traced?.skippedReason) return traced.skippedReason;
  const name = describeScenario(scenario);
  const warning = headers
    .flatMap(({ warnings }) => warnings)
    .find((text) => text.startsWith(`skipped ${name}: `));
  return warning?.slice(`skipped ${name}: `.length) ?? "it was not measured";
}
