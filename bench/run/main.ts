import { relative } from "node:path";
import type { Command } from "commander";
import { EXIT } from "../../terminal/errors.js";
import { Interrupt } from "../../terminal/interrupt.js";
import { stderrProgress } from "../../terminal/progress.js";
import { formatBytes, formatNs } from "../../terminal/units.js";
import { parseOptions, type RawOptions } from "./options.js";
import { type RunOutcome, runBench } from "./run.js";
import { type ScenarioSummary, summarise } from "./summary.js";
import { summaryTable } from "./summary-table.js";

/** `puntbench bench`: runs the matrix and prints what came of it. */
export async function main(raw: RawOptions, command: Command): Promise<void> {
  const options = parseOptions(raw);
  const interrupt = new Interrupt();
  try {
    const outcome = await runBench(
      options,
      process.argv.slice(2),
      stderrProgress(),
      interrupt.signal,
    );
    const summary = summarise(outcome.header.scenarios, outcome.trials);
    const warnings = warningsOf(outcome);
    if (options.json) printJson(outcome, summary, warnings);
    else printTable(outcome, summary, command);
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

function printJson(outcome: RunOutcome, scenarios: ScenarioSummary[], warnings: string[]): void {
  const { resultsFile, header } = outcome;
  const printed = { resultsFile, kernelLabel: header.kernelLabel, scenarios, warnings };
  process.stdout.write(`${JSON.stringify(printed)}\n`);
}

/** Below this a trial shows neither a journal commit nor a tail that can be trusted. */
const SHORT_NS = 250e6;

function lasted({ trials }: RunOutcome): string {
  const times = trials
    .filter(({ scenario }) => scenario.intervalNs === 0)
    .map(({ measurement }) => measurement?.wallNs ?? null)
    .filter((ns) => ns !== null);
  if (times.length === 0) return "";
  const advice =
    Math.min(...times) < SHORT_NS
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

function printTable(outcome: RunOutcome, summary: ScenarioSummary[], command: Command): void {
  const { environment, kernelLabel, rounds, scenarios } = outcome.header;
  const { filesystem, virtualisation } = environment;
  const [scenario] = scenarios;
  const writes = `${formatBytes(scenario?.blockSizeBytes ?? 0)} O_DIRECT writes, ${scenario?.order}`;
  const lines = [
    `${kernelLabel}: ${writes}, ${filesystem.type}; medians of ${rounds} trials${lasted(outcome)}`,
    "",
    summaryTable(summary),
    "",
    ...(virtualisation.emulated
      ? ["The CPU is emulated: times are not comparable with real hardware.", ""]
      : []),
    `Results: ${relative(process.cwd(), outcome.resultsFile) || outcome.resultsFile}`,
    `Charts:  ${command.parent?.name() ?? "puntbench"} report, or npm run report`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
