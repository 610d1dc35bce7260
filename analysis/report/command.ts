import { Command } from "commander";
import type { ReportOptions } from "./run.js";

const EXAMPLES = `
Examples:
  $ puntbench report                                   everything below results/
  $ puntbench report results/reference --out /tmp/report
  $ puntbench report results/6.1 results/6.12 --title "Before the upgrade"

Writes index.html, which needs no network, report.md, and each chart as Vega-Lite, SVG and PNG.

Exit codes: 0 ok, 1 failure, 2 usage.`;

/** `puntbench report [PATHS...]`: charts and one self-contained page from results files. */
export function reportCommand(): Command {
  return new Command("report")
    .description("draw charts and a self-contained HTML report from results files")
    .argument("[paths...]", "results files or folders (default: results/, else the reference run)")
    .option("--out <dir>", "folder to write to", "results/report")
    .option("--title <text>", "headline of the report")
    .option("--iops <rate>", "load of the capacity example", "100k")
    .option("--p99 <latency>", "latency target of the capacity example", "2ms")
    .addHelpText("after", EXAMPLES)
    .action(async (paths: string[], options: ReportOptions) => {
      const { writeReport } = await import("./run.js");
      await writeReport(paths, options);
    });
}
