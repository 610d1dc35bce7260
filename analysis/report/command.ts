import { Command } from "commander";
import type { ReportOptions } from "./run.js";

/** `puntbench report [PATHS...]`: charts and one self-contained page from results files. */
export function reportCommand(): Command {
  return new Command("report")
    .description("draw charts and a self-contained HTML report from results files")
    .argument("[paths...]", "results files or folders (default: results/, else the reference run)")
    .option("--out <dir>", "folder to write to", "results/report")
    .option("--title <text>", "headline of the report")
    .option("--iops <rate>", "load of the capacity example", "100k")
    .option("--p99 <latency>", "latency target of the capacity example", "2ms")
    .action(async (paths: string[], options: ReportOptions) => {
      const { writeReport } = await import("./run.js");
      await writeReport(paths, options);
    });
}
