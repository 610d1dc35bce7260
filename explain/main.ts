import { ScratchDirectory } from "../environment/scratch.js";
import { type Driver, loadDriver } from "../native/index.js";
import { EXIT } from "../terminal/errors.js";
import { Interrupt } from "../terminal/interrupt.js";
import { stderrProgress } from "../terminal/progress.js";
import { check } from "./check.js";
import { explain } from "./explain.js";
import { type ExplainOptions, parseExplainOptions, type RawExplainOptions } from "./options.js";
import { printedReport } from "./print.js";
import { printedCheck } from "./print-check.js";

/** `puntbench explain`: traces, judges, prints, and leaves nothing behind. */
export async function main(raw: RawExplainOptions): Promise<void> {
  const options = parseExplainOptions(raw);
  const driver = loadDriver();
  const interrupt = new Interrupt("No probe or trace buffer was left behind.");
  const scratch = new ScratchDirectory(options.bench.dir);
  try {
    const run = options.check ? runCheck : runExplain;
    const { report, text } = await run(driver, options, scratch, interrupt.signal);
    process.stdout.write(options.bench.json ? `${JSON.stringify(report)}\n` : text);
  } finally {
    scratch.remove();
    interrupt.dispose();
  }
}

type Run = (
  driver: Driver,
  options: ExplainOptions,
  scratch: ScratchDirectory,
  signal: AbortSignal,
) => Promise<{ report: object; text: string }>;

const runExplain: Run = async (driver, options, scratch, signal) => {
  const report = await explain(driver, options, scratch, stderrProgress(), signal);
  return { report, text: printedReport(report) };
};

/** A cause may stay unknown; a wrong one is a failure. */
const runCheck: Run = async (driver, { backend, bench }, scratch, signal) => {
  const report = await check(driver, backend, bench.kernelLabel, scratch, stderrProgress(), signal);
  const failed = report.plants.some(({ outcome }) => outcome === "wrong");
  if (failed) process.exitCode = EXIT.failure;
  return { report, text: printedCheck(report) };
};
