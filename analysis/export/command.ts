import { Command } from "commander";
import type { ExportOptions } from "./run.js";

const EXAMPLES = `
Examples:
  $ puntbench export > estimates.csv
  $ puntbench export results/reference --format json --out estimates.json

Exit codes: 0 ok, 1 failure, 2 usage.`;

/** `puntbench export`: every estimate as one table for other tools. */
export function exportCommand(): Command {
  return new Command("export")
    .description("write every estimate with its interval as a tidy table")
    .argument("[paths...]", "results files or folders (default: results/, else the reference run)")
    .option("--format <format>", "csv or json", "csv")
    .option("--out <file>", "file to write to (default: stdout)")
    .addHelpText("after", EXAMPLES)
    .action(async (paths: string[], options: ExportOptions) => {
      const { runExport } = await import("./run.js");
      await runExport(paths, options);
    });
}
