import { Command, Option } from "commander";
import { withBenchOptions } from "../run/command.js";
import { withStreamOptions } from "../run/stream-options.js";
import type { EstimateSavings } from "./main.js";
import type { RawExplainOptions } from "./options.js";
import { BACKENDS } from "./recorder.js";

const EXAMPLES = `
Examples:
  $ puntbench explain --quick
  $ puntbench explain --preparations fallocate-0 --queue-depths 8 --json
  $ puntbench explain --preparations dd-prefill --interval 10ms
  $ puntbench explain --check                          does it name causes that were injected on purpose?
  $ puntbench lab --kernels 6.1,6.12 --explain --quick   on other kernels

Needs root. Takes the options of the bench. First it runs the timed trials without tracing, together with the same
writes into written blocks: the difference is the most that a cure can save. Then it runs each scenario once more with
tracing on, untimed. Both go into one results file, for "puntbench report". On an emulated CPU nothing is timed.
The kernel is watched with BPF programs, which need its type information (/sys/kernel/btf/vmlinux). They end with this
process, however it ends. Kernels with kprobes show most. Static tracepoints alone show less: a cause that they do not
decide is reported as unknown.

Exit codes: 0 ok, 1 failure or a failed --check, 2 usage, 130 interrupted.`;

/**
 * `puntbench explain`: why each write punted, with evidence from the kernel.
 * @param estimateSavings what a cure would save. The caller provides it, because the bench does not import the analysis.
 */
export function explainCommand(estimateSavings: EstimateSavings): Command {
  return withExplainOptions(new Command("explain"))
    .summary("say why writes punt on this kernel, with evidence")
    .description(
      "Runs each scenario of the bench again with tracing on and says which check in the filesystem refused each " +
        "punted write, what the rules predict from the state of the file, and where the two disagree.",
    )
    .addHelpText("after", EXAMPLES)
    .action(async (options: RawExplainOptions, command: Command) => {
      const { main } = await import("./main.js");
      await main(options, command, estimateSavings);
    });
}

/** The options of the bench, and those that say how to trace. */
export function withExplainOptions(command: Command): Command {
  return withStreamOptions(withBenchOptions(command))
    .addOption(
      new Option(
        "--backend <name>",
        "how to trace (default: the best way that this kernel has)",
      ).choices(BACKENDS),
    )
    .option("--raw", "print every recorded event too")
    .option("--trace-only", "leave out the timed trials that say what the punts cost")
    .option("--check", "inject each cause on purpose, and check that it is named");
}
