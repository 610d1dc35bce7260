import { relative } from "node:path";
import type { Command } from "commander";
import { workloadWords } from "../../results/scenario.js";
import { FORCED_DIFFERS, isForced } from "../../results/vocabulary.js";
import { EXIT } from "../../terminal/errors.js";
import { Interrupt } from "../../terminal/interrupt.js";
import { stderrProgress } from "../../terminal/progress.js";
import { formatNs } from "../../terminal/units.js";
import type { MeasuredJob } from "../fio/scenarios.js";
import { capacitySentence } from "./capacity-words.js";
import { chosenScenarios } from "./chosen-scenarios.js";
import { findCapacities, type ScenarioCapacity } from "./find-capacity.js";
import { type BenchOptions, parseOptions, type RawOptions } from "./options.js";
import { type RunOutcome, type RunPlan, runBench } from "./run.js";
import { type ScenarioSummary, summarise } from "./summary.js";
import { summaryTable } from "./summary-table.js";

/** `puntbench bench`: runs the matrix and prints what came of it. */
export async function main(raw: RawOptions, command: Command): Promise<void> {
  const options = parseOptions(raw);
  const chosen = chosenScenarios(raw, options, command);
  const interrupt = new Interrupt();
  const capacities: ScenarioCapacity[] = [];
  const search: RunPlan<never>["measure"] = (run, keep) =>
    findCapacities(run, keep, (found) => capacities.push(found));
  try {
    const progress = stderrProgress();
    for (const sentence of chosen.about) progress.milestone(sentence);
    const outcome = await runBench<never>(
      options,
      process.argv.slice(2),
      progress,
      interrupt.signal,
      { scenarios: chosen.scenarios, ...(options.capacity !== null && { measure: search }) },
    );
    const warnings = warningsOf(outcome);
    if (options.capacity !== null) printCapacities(options, outcome, capacities, warnings);
    else printSummary(options, outcome, { warnings, jobs: chosen.jobs }, command);
    for (const warning of warnings.slice(outcome.header.warnings.length)) {
      process.stderr.write(`warning: ${warning}\n`);
    }
    if (outcome.trials.some((trial) => trial.status === "failed")) process.exitCode = EXIT.failure;
  } finally {
    interrupt.dispose();
  }
}

function warningsOf({ header, trials }: RunOutcome): string[] {
  const failed = trials.filter((trial) => trial.status === "failed");
  return [
    ...header.warnings,
    ...new Set(trials.flatMap((trial) => trial.warnings)),
    ...(failed.length === 0
      ? []
      : [`${failed.length} of ${trials.length} trials failed, first: ${failed[0]?.reason}`]),
  ];
}

function printSummary(
  { json }: BenchOptions,
  outcome: RunOutcome,
  { warnings, jobs }: { warnings: string[]; jobs: MeasuredJob[] | null },
  command: Command,
): void {
  const scenarios = summarise(outcome.header.scenarios, outcome.trials);
  if (json) printJson(outcome, { scenarios, ...(jobs !== null && { jobs }), warnings });
  else printTable(outcome, scenarios, command);
}

function printCapacities(
  { json }: BenchOptions,
  outcome: RunOutcome,
  capacities: ScenarioCapacity[],
  warnings: string[],
): void {
  if (json) {
    printJson(outcome, { capacities, warnings });
    return;
  }
  const lines = [
    `${whatRan(outcome)}; open loop: each write has its due moment, and its lateness counts`,
    "",
    ...capacities.map(capacitySentence),
    "",
    resultsLine(outcome),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function printJson({ resultsFile, header }: RunOutcome, found: object): void {
  const printed = { resultsFile, kernelLabel: header.kernelLabel, ...found };
  process.stdout.write(`${JSON.stringify(printed)}\n`);
}

function whatRan({ header }: RunOutcome): string {
  const { environment, kernelLabel, scenarios } = header;
  // fio jobs may mix block sizes; one that differs is a column of the table.
  const kinds = [...new Set(scenarios.map(workloadWords))].join(" and ");
  const orders = common(
    scenarios.map(({ order }) => order),
    String,
  );
  return `${kernelLabel}: ${[kinds, ...orders, environment.filesystem?.type].filter(Boolean).join(", ")}`;
}

function resultsLine({ resultsFile }: RunOutcome): string {
  return `Results: ${relative(process.cwd(), resultsFile) || resultsFile}`;
}

/** Below this a trial shows neither a journal commit nor a tail that can be trusted. */
const SHORT_NS = 250e6;

/** A job file decides the duration itself, so advice about it would only be refused. */
function lasted({ trials }: RunOutcome, ofJobFile: boolean): string {
  const times = trials
    .filter(({ scenario }) => scenario.intervalNs === 0)
    .map(({ measurement }) => measurement?.wallNs ?? null)
    .filter((ns) => ns !== null);
  if (times.length === 0) return "";
  const advice =
    !ofJobFile && Math.min(...times) < SHORT_NS
      ? "\nSome trials are short: their tails say little. For longer ones: --duration 500ms"
      : "";
  const ramps = trials.flatMap(({ measurement }) => measurement?.ramp?.wallNs ?? []);
  const ramp = ramps.length === 0 ? "" : ` after an uncounted ramp of ${range(ramps)}`;
  return ` that lasted ${range(times)}${ramp}${advice}`;
}

function range(timesNs: readonly number[]): string {
  const [least, most] = [Math.min(...timesNs), Math.max(...timesNs)].map(formatNs);
  return least === most ? `${least}` : `${least} to ${most}`;
}

/** What all have in common; where they differ, the table has a column. */
function common<T>(values: readonly T[], words: (value: T) => string): string[] {
  return new Set(values).size === 1 ? [words(values[0] as T)] : [];
}

function printTable(outcome: RunOutcome, summary: ScenarioSummary[], command: Command): void {
  const { environment, rounds } = outcome.header;
  const { virtualisation } = environment;
  const lines = [
    `${whatRan(outcome)}; ${rounds === 1 ? "one trial of each scenario" : `medians of ${rounds} trials`}${lasted(outcome, command.getOptionValue("fio") !== undefined)}`,
    "",
    summaryTable(summary),
    "",
    ...(virtualisation.emulated
      ? ["The CPU is emulated: times are not comparable with real hardware.", ""]
      : []),
    ...(outcome.header.scenarios.some(({ arm }) => isForced(arm))
      ? [`${FORCED_DIFFERS}.`, ""]
      : []),
    resultsLine(outcome),
    `Charts:  ${command.parent?.name() ?? "puntbench"} report, or npm run report`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
