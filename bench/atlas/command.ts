import { Command } from "commander";
import type { RawCheckOptions } from "./check.js";
import type { RawBuildOptions } from "./options.js";

const EXAMPLES = `
Examples:
  $ puntbench atlas build                                   what is missing, on every series that Debian has
  $ puntbench atlas build --kernels 6.12,7.3 --places ext4,xfs
  $ puntbench atlas build --cost instructions               what a request costs, of cells that are there
  $ puntbench atlas build --dry-run                         what would be measured
  $ puntbench atlas build --jobs-json parts >jobs.json      one job a guest, for Slurm or Kubernetes: FLEET.md
  $ puntbench atlas build --collect jobs.json               what they answered

A cell that was measured is not measured again, until Debian's package, the scenario or the format changes. A build that
was interrupted goes on where it ended. A kernel that does not boot is a gap, and the others still run.

Exit codes: 0 ok, 1 a guest failed or a job is missing, 2 usage, 130 interrupted.`;

export function atlasBuildCommand(): Command {
  return new Command("build")
    .summary("measure what the atlas lacks, in the lab")
    .description(
      "Boots each kernel on each filesystem, runs all scenarios there, traced and counted, and keeps the answers.",
    )
    .option("-k, --kernels <list>", "series or versions (default: the newest of each series)")
    .option("--every-version", "every version that can be had, not only the newest of each series")
    .option("--scenarios <list>", "only these (default: all of each place)")
    .option("--places <list>", "filesystems, mount options and stacks (default: all)")
    .option("--jobs <count>", "guests at a time", "2")
    .option("--cost <kind>", "instructions: a second pass that counts what a request costs")
    .option(
      "-o, --out <directory>",
      "where the atlas lies (default: results/atlas/data of this package)",
    )
    .option("--mirror <url>", "Debian mirror (default: that of this machine's apt)")
    .option("--again", "measure cells again that are there")
    .option("--dry-run", "say what would be measured, and measure nothing")
    .option(
      "--jobs-json <directory>",
      "print the guests as jobs for other machines; their answers come to files there",
    )
    .option("--collect <jobs>", "put the answers of jobs that --jobs-json printed into the atlas")
    .addHelpText("after", EXAMPLES)
    .action(async (options: RawBuildOptions) => {
      const { main } = await import("./main.js");
      await main(options);
    });
}

const CHECK_EXAMPLES = `
Examples:
  $ puntbench atlas check                  a tenth of the kernels and places, drawn at random
  $ puntbench atlas check --share 100      all of it
  $ puntbench atlas check --seed 7         the same tenth again

Exit codes: 0 no answer changed (those that vary are listed), 1 failure, 2 usage, 3 an answer changed, 4 a pair could not be measured, 130 interrupted.`;

export function atlasCheckCommand(): Command {
  return new Command("check")
    .summary("measure a random part of the atlas again, and compare")
    .description(
      "Boots the same kernel packages again and compares every answer with that of the atlas.",
    )
    .option("--share <percent>", "of the pairs of kernel and place", "10")
    .option("--seed <number>", "which ones are drawn (default: by the time; printed)")
    .option("--from <directory>", "another atlas (default: that of this package)")
    .option("--jobs <count>", "guests at a time", "2")
    .option("--json", "print one JSON object")
    .addHelpText("after", CHECK_EXAMPLES)
    .action(async (options: RawCheckOptions) => {
      const { main } = await import("./check.js");
      await main(options);
    });
}
