import { Command } from "commander";
import type { CompareOptions } from "./run.js";

/** `puntbench compare A B`: what changes from one kernel to another, with intervals and verdicts. */
export function compareCommand(): Command {
  return new Command("compare")
    .description("compare two kernels, files or folders of results")
    .argument("<a>", "kernel label, results file or folder: the old")
    .argument("<b>", "kernel label, results file or folder: the new")
    .option("--results <paths...>", "where labels are looked for (default: results/)")
    .option("--threshold <share>", "changes below it count as the same", "5%")
    .option("--allow <what...>", "compare although they differ: emulated, block-size, device")
    .option("--fail-on-regression", "exit 3 when something is worse, 4 when it cannot be told")
    .option("--json", "print one JSON object instead of the table")
    .addHelpText(
      "after",
      "\nExamples:\n  puntbench compare 6.1 6.12\n  puntbench compare before.jsonl after.jsonl --fail-on-regression\n",
    )
    .action(async (a: string, b: string, options: CompareOptions) => {
      const { runCompare } = await import("./run.js");
      process.exitCode = await runCompare(a, b, options);
    });
}
