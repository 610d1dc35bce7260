import { Command, Option } from "commander";
import { withBenchOptions } from "../run/command.js";
import { BACKENDS } from "./backends/backend.js";
import type { EstimateSavings } from "./main.js";
import type { RawExplainOptions } from "./options.js";

const EXAMPLES = `
Examples:
  $ puntbench explain --quick
  $ puntbench explain --preparations fallocate-0 --queue-depths 8 --json
  $ puntbench explain --preparations dd-prefill --interval 10ms
  $ puntbench explain --check                          does it name causes that were made on purpose?
  $ puntbench lab --kernels 6.1,6.12 --explain --quick   on other kernels

Needs root. Options are those of the bench. First its timed trials are run, without any tracing, and writes into
written blocks beside: what those cost is what a cure can save. Then each scenario runs once more with tracing on,
and nothing of that is timed. Both go into one results file, for "puntbench report". On an emulated CPU nothing
is timed. Trace buffers and probes are removed on every exit; what a killed run left, the next run removes.
Kernels with kprobes show most; bpftrace, where installed, can do without them on kernels with type information (BTF);
with static tracepoints alone less is told apart, and what cannot be decided is reported as unknown.

Exit codes: 0 ok, 1 failure or a failed --check, 2 usage, 130 interrupted.`;

/**
 * `puntbench explain`: why each write punted, with evidence from the kernel.
 * @param estimateSavings what a cure would save: the analysis knows it, and the bench must not import that.
 */
export function explainCommand(estimateSavings: EstimateSavings): Command {
  return withBenchOptions(new Command("explain"))
    .summary("say why writes punt on this kernel, with evidence")
    .description(
      "Runs each scenario of the bench again with tracing on and says which check in the filesystem refused each " +
        "punted write, what the rules expected of it from the state of the file, and where the two disagree.",
    )
    .addOption(
      new Option("--backend <name>", "how to look (default: what this kernel has)").choices(
        BACKENDS,
      ),
    )
    .option("--raw", "print every recorded event too")
    .option("--trace-only", "leave out the timed trials that say what the punts cost")
    .option("--check", "make each cause on purpose, and check that it is named")
    .addHelpText("after", EXAMPLES)
    .action(async (options: RawExplainOptions) => {
      const { main } = await import("./main.js");
      await main(options, estimateSavings);
    });
}
