import { Command } from "commander";
import type { ExportOptions } from "./run.js";

const EXAMPLES = `
Examples:
  $ puntbench export > estimates.csv
  $ puntbench export results/reference --format json --out estimates.json
  $ puntbench export results/fleet --format parquet --out results/parquet

Parquet has one row for each trial, and one for each file and operation that a watch saw, in a folder for each kernel.
Its column host is the folder below a folder named fleet. The folder sql/ there asks the usual questions of a fleet.

Exit codes: 0 ok, 1 failure, 2 usage.`;

/** `puntbench export`: every estimate as one table, or every trial as Parquet, for other tools. */
export function exportCommand(): Command {
  return new Command("export")
    .description("write every estimate as one table, or every trial as Parquet")
    .argument("[paths...]", "results files or folders (default: results/, else the reference run)")
    .option("--format <format>", "csv, json or parquet", "csv")
    .option("--out <file>", "file to write to (default: stdout); with parquet a new folder")
    .addHelpText("after", EXAMPLES)
    .action(async (paths: string[], options: ExportOptions) => {
      const { runExport } = await import("./run.js");
      await runExport(paths, options);
    });
}
