import { ScratchDirectory } from "../environment/scratch.js";
import { loadDriver } from "../native/index.js";
import { Interrupt } from "../terminal/interrupt.js";
import { stderrProgress } from "../terminal/progress.js";
import { explain } from "./explain.js";
import { parseExplainOptions, type RawExplainOptions } from "./options.js";
import { printedReport } from "./print.js";

/** `puntbench explain`: traces, judges, prints, and leaves nothing behind. */
export async function main(raw: RawExplainOptions): Promise<void> {
  const options = parseExplainOptions(raw);
  const driver = loadDriver();
  const interrupt = new Interrupt("No probe or trace buffer was left behind.");
  const scratch = new ScratchDirectory(options.bench.dir);
  try {
    const progress = stderrProgress();
    const report = await explain(driver, options, scratch, progress, interrupt.signal);
    process.stdout.write(
      options.bench.json ? `${JSON.stringify(report)}\n` : printedReport(report),
    );
  } finally {
    scratch.remove();
    interrupt.dispose();
  }
}
