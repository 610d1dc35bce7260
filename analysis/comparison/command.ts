import { Command } from "commander";
import type { CompareOptions } from "./run.js";

/** `puntbench compare A B`: what changes from one kernel to another, with intervals and verdicts. */
export function compareCommand(): Command {
  return new Command("compare")
    .description("compare two kernels, files or folders of results")
    .argument("<a>", "kernel label, results file or folder: the old")
    .argument("<b>", "kernel label, results file or folder: the new")
    .option("--results <paths...>", "where labels are looked for (default: results/)")
    .option("--threshold <share>", "changes below it count as slight", "5%")
    .option("--allow <what...>", "compare although they differ: emulated, block-size, device, ring")
    .option(
      "--only <pick...>",
      "only these: preparation=, arm=, depth=, filesystem=, metric=, order=, block=, interval=, operation=, io=, durability=, group=, files=, rings=, ring= (a list with commas)",
    )
    .option("--summary", "one line for each scenario")
    .option("--format <format>", "table, markdown or json", "table")
    .option("--fail-on-regression", "exit 3 when something is worse")
    .option("--json", "print one JSON object, like --format json")
    .addHelpText(
      "after",
      `
A verdict on two kernels needs three boots of each: puntbench lab --boots 3, or reboot and run again.

Examples:
  $ puntbench compare 6.1 6.12
  $ puntbench compare before/ after/ --fail-on-regression
  $ puntbench compare 6.1 6.12 --only preparation=fallocate-0,depth=8,metric=iops
  $ puntbench compare 6.1 6.12 --summary --format markdown

Exit codes: 0 ok, 1 failure, 2 usage, 3 something is worse (--fail-on-regression), 4 at least one metric could not be
told; the output names it.`,
    )
    .action(async (a: string, b: string, options: CompareOptions) => {
      const { runCompare } = await import("./run.js");
      process.exitCode = await runCompare(a, b, options);
    });
}
