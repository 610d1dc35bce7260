import { Command } from "commander";
import type { FleetCommandOptions } from "./run.js";

const EXAMPLES = `
The results of each host lie in a folder of its own: results/fleet/<host>/. The host is what is repeated: a figure is the median
over hosts, with an interval over hosts. A host with a doubtful environment is listed and left out.

Examples:
  $ puntbench fleet                                     groups by kernel
  $ puntbench fleet --group-by kernel,device --only depth=8
  $ puntbench fleet --canaries 7.2 --fail-on-regression
  $ puntbench fleet --canaries web1,web2
  $ puntbench fleet --compare 6.1 6.12 --iops 2M --p99 2ms

Exit codes: 0 ok, 1 failure, 2 usage; with --canaries or --compare also 3 something is worse (--fail-on-regression), 4 at least
one metric could not be told; the output names it.`;

/** `puntbench fleet [PATHS...]`: many hosts, one answer. */
export function fleetCommand(): Command {
  return new Command("fleet")
    .description(
      "judge the results of many hosts: groups, outliers, canaries against the rest, cores",
    )
    .argument("[paths...]", "folders named fleet, or above one (default: results/fleet)")
    .option(
      "--group-by <what>",
      "kernel, device, filesystem, cpu, ... (a list with commas)",
      "kernel",
    )
    .option("--canaries <which>", "compare these with the rest: hosts, or a group")
    .option("--compare <groups...>", "compare two groups, the old and the new")
    .option("--only <pick...>", "only these, as in compare: depth=8, preparation=..., metric=...")
    .option("--with-doubtful", "take hosts with a doubtful environment in")
    .option("--threshold <share>", "changes below it count as slight", "5%")
    .option("--fail-on-regression", "exit 3 when something is worse")
    .option(
      "--iops <rate>",
      "writes per second of the fleet, for its cores (default: what watch saw)",
    )
    .option("--p99 <latency>", "latency that these writes must hold", "2ms")
    .option("--json", "print one JSON object instead of tables")
    .addHelpText("after", EXAMPLES)
    .action(async (paths: string[], options: FleetCommandOptions) => {
      const { runFleet } = await import("./run.js");
      process.exitCode = await runFleet(paths, options);
    });
}
