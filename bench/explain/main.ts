import { strict as assert } from "node:assert";
import { relative } from "node:path";
import type { Command } from "commander";
import type { Header } from "../../results/schema.js";
import { EXIT } from "../../terminal/errors.js";
import { Interrupt } from "../../terminal/interrupt.js";
import { type Progress, stderrProgress } from "../../terminal/progress.js";
import { runBench } from "../run/run.js";
import { check } from "./check.js";
import { type ExplainReport, explain } from "./explain.js";
import {
  type ExplainOptions,
  parseExplainOptions,
  type RawExplainOptions,
  withReferences,
} from "./options.js";
import { type PossibleSaving, printedReport } from "./print.js";
import { printedCheck } from "./print-check.js";
import { openRecorder } from "./recorder.js";

/** What the timed trials in a results file say that a cure would save. */
export type EstimateSavings = (resultsFile: string) => Promise<PossibleSaving[]>;

/** `puntbench explain`: prints a report, and leaves nothing but a results file behind. */
export async function main(
  raw: RawExplainOptions,
  command: Command,
  estimateSavings: EstimateSavings,
): Promise<void> {
  const options = parseExplainOptions(raw, command);
  const interrupt = new Interrupt("Nothing is left in the kernel.");
  const progress = stderrProgress();
  const { signal } = interrupt;
  const print = (report: object, text: string) =>
    process.stdout.write(options.bench.json ? `${JSON.stringify(report)}\n` : text);
  try {
    for (const sentence of options.about) progress.milestone(sentence);
    if (options.check) {
      const report = await check(options, progress, signal);
      print(report, printedCheck(report));
      // A cause may stay unknown; a wrong one is a failure.
      if (report.plants.some(({ outcome }) => outcome === "wrong")) process.exitCode = EXIT.failure;
    } else {
      const report = await timeAndTrace(options, estimateSavings, progress, signal);
      print(report, printedReport(report));
    }
  } finally {
    interrupt.dispose();
  }
}

/** The object that `explain --json` prints. */
export interface RunReport extends ExplainReport {
  resultsFile: string;
  /** null: nothing was timed. */
  savings: PossibleSaving[] | null;
}

/** Runs the timed trials first, then traces each scenario once. Both go into one results file. */
export async function timeAndTrace(
  options: ExplainOptions,
  estimateSavings: EstimateSavings,
  progress: Progress,
  signal: AbortSignal,
): Promise<RunReport> {
  const { bench, traceOnly, scenarios } = options;
  // Fails before the timed trials where tracing is not possible as requested.
  openRecorder(options.backend).close();
  const run = await runBench(bench, process.argv.slice(2), progress, signal, {
    scenarios: traceOnly ? scenarios : withReferences(scenarios),
    timed: (header) => !traceOnly && worthTiming(header, progress),
    afterwards: (stage) => explain(stage, options, progress, signal),
  });
  assert(run.afterwards !== undefined);
  const { resultsFile, trials } = run;
  const savings = trials.length > 0 ? await estimateSavings(resultsFile) : null;
  progress.milestone(`results: ${relative(process.cwd(), resultsFile) || resultsFile}`);
  return { ...run.afterwards, resultsFile, savings };
}

/** Times of an emulated CPU say nothing, and there tracing alone takes long enough. */
function worthTiming({ environment }: Header, progress: Progress): boolean {
  const emulated = environment.virtualisation.emulated;
  if (emulated) progress.milestone("the CPU is emulated: traced only, nothing is timed");
  return !emulated;
}
