import { Command } from "commander";
import type { PlanOptions } from "./run.js";

const EXAMPLES = `
Examples:
  $ puntbench plan --iops 100k --p99 2ms
  $ puntbench plan --iops 100k --p99 2ms --kernels 6.1,6.12 --cores-cost 30

It never extrapolates: where data is missing, it names the run that would supply it.

Exit codes: 0 ok, 1 failure, 2 usage.`;

/** `puntbench plan`: what a load costs on each kernel and preparation that was measured. */
export function planCommand(): Command {
  return new Command("plan")
    .description("capacity planning: devices and cores for a load, from what was measured")
    .requiredOption("--iops <rate>", "writes per second wanted, like 100k")
    .requiredOption("--p99 <latency>", "99 % of the writes must be done within this, like 2ms")
    .option("--kernels <labels>", "only these kernel labels, separated by commas")
    .option("--cores-cost <price>", "price of one core, to put a value on savings")
    .option("--results <paths...>", "results files or folders (default: results/)")
    .option("--json", "print one JSON object instead of tables")
    .addHelpText("after", EXAMPLES)
    .action(async (options: PlanOptions) => {
      const { runPlan } = await import("./run.js");
      await runPlan(options);
    });
}
