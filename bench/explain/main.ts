import { relative } from "node:path";
import { loadDriver } from "../../native/index.js";
import type { Header } from "../../results/schema.js";
import { EXIT } from "../../terminal/errors.js";
import { Interrupt } from "../../terminal/interrupt.js";
import { type Progress, stderrProgress } from "../../terminal/progress.js";
import { ScratchDirectory } from "../environment/scratch.js";
import { runBench } from "../run/run.js";
import { check } from "./check.js";
import { type ExplainReport, explain } from "./explain.js";
import {
  type ExplainOptions,
  parseExplainOptions,
  type RawExplainOptions,
  withReferences,
} from "./options.js";
import { type MeasuredSaving, printedReport } from "./print.js";
import { printedCheck } from "./print-check.js";
import { checkTracing } from "./recorder.js";

/** `puntbench explain`: times, then traces, judges, prints, and leaves nothing but a results file behind. */
export async function main(raw: RawExplainOptions): Promise<void> {
  const options = parseExplainOptions(raw);
  const interrupt = new Interrupt("No probe or trace buffer was left behind.");
  try {
    const run = options.check ? runCheck : runExplain;
    const { report, text } = await run(options, interrupt.signal);
    process.stdout.write(options.bench.json ? `${JSON.stringify(report)}\n` : text);
  } finally {
    interrupt.dispose();
  }
}

type Run = (
  options: ExplainOptions,
  signal: AbortSignal,
) => Promise<{ report: object; text: string }>;

const runExplain: Run = async (options, signal) => {
  const progress = stderrProgress();
  const { bench } = options;
  checkTracing(loadDriver(), options.backend);
  let report: ExplainReport | null = null;
  const { resultsFile, trials } = await runBench(bench, process.argv.slice(2), progress, signal, {
    scenarios: options.traceOnly ? options.scenarios : withReferences(options.scenarios),
    timed: (header) => !options.traceOnly && worthTiming(header, progress),
    afterwards: async (stage) => {
      report = await explain(stage, options, progress, signal);
    },
  });
  // Set by the run, or that has thrown.
  const seen = report as unknown as ExplainReport;
  const savings = trials.length > 0 ? await measuredSavings(resultsFile) : null;
  progress.milestone(`results: ${relative(process.cwd(), resultsFile) || resultsFile}`);
  return { report: { ...seen, resultsFile, savings }, text: printedReport(seen, savings) };
};

/** Times of an emulated CPU say nothing, and there tracing alone takes long enough. */
function worthTiming({ environment }: Header, progress: Progress): boolean {
  const emulated = environment.virtualisation.emulated;
  if (emulated) progress.milestone("the CPU is emulated: traced only, nothing is timed");
  return !emulated;
}

/** What the analysis of the timed trials says that a cure would save. */
async function measuredSavings(resultsFile: string): Promise<MeasuredSaving[]> {
  const { analyse } = await import("../../analysis/loading/analysis.js");
  const { savingsIn, savingWords } = await import("../../analysis/estimates/price-of-punts.js");
  const savings = savingsIn((await analyse([resultsFile])).cells);
  return savings.map((saving) => ({ ...saving, words: savingWords(saving) }));
}

/** A cause may stay unknown; a wrong one is a failure. */
const runCheck: Run = async ({ backend, bench }, signal) => {
  const scratch = new ScratchDirectory(bench.dir);
  try {
    const { kernelLabel } = bench;
    const report = await check(
      ...([loadDriver(), backend, kernelLabel, scratch, stderrProgress(), signal] as const),
    );
    const failed = report.plants.some(({ outcome }) => outcome === "wrong");
    if (failed) process.exitCode = EXIT.failure;
    return { report, text: printedCheck(report) };
  } finally {
    scratch.remove();
  }
};
