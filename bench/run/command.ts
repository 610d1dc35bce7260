import { Command } from "commander";
import { ARMS, ORDERS, PREPARATIONS } from "../../results/vocabulary.js";
import type { RawOptions } from "./options.js";
import { withStreamOptions } from "./stream-options.js";

const EXAMPLES = `
Examples:
  $ puntbench bench --kernel-label 6.12
  $ puntbench bench --quick --json > summary.json
  $ puntbench bench --dir /mnt/data --preparations fallocate-0,dd-prefill --queue-depths 1,16
  $ puntbench bench --preparations dd-prefill --interval 0,10ms     does this kernel punt on clock ticks?
  $ puntbench bench --fio wal.fio --dir /mnt/data          your own fio job
  $ puntbench bench --workload group-commit --dir /mnt/data
  $ puntbench bench --arms inline,unbatched,own-files,forced,forced-own-files
                                                    what does the cost consist of?
  $ puntbench bench --find-capacity --p99 2ms -p fallocate-0,dd-prefill

Punts are counted with a tracepoint, which needs root. Without root everything else is measured and the
counts are null. Only a scratch directory made under --dir is written to; it is removed on every exit.

Exit codes: 0 ok, 1 failure, 2 usage, 130 interrupted.`;

export function benchCommand(): Command {
  return withStreamOptions(withBenchOptions(new Command("bench")))
    .optionsGroup("Other ways to run:")
    .option(
      "--find-capacity",
      "search by bisection for the highest load of writes at fixed times that holds --p99",
    )
    .option("--p99 <latency>", "with --find-capacity: 99 % of the writes are done within this")
    .summary("measure punts and their cost on this kernel")
    .description(
      "Writes freshly prepared files with O_DIRECT through io_uring, counts the writes that the kernel punts to " +
        "io-wq workers, and measures latency, throughput and CPU time beside. One results file a run.",
    )
    .addHelpText("after", EXAMPLES)
    .action(async (options: RawOptions, command: Command) => {
      const { main } = await import("./main.js");
      await main(options, command);
    });
}

/** The options that choose what is written and how, for every command that runs the bench's scenarios. */
export function withBenchOptions(command: Command): Command {
  return command
    .option("--fio <file>", "run the io_uring jobs of a fio job file instead of the matrix")
    .option(
      "--workload <list>",
      "requests of well-known programs, or all; see `puntbench workloads`",
    )
    .option("--scenarios <file>", "a list of scenarios in JSON, instead of the matrix")
    .option("-l, --kernel-label <label>", "name that charts group by (default: uname -r)")
    .option("-d, --dir <directory>", "where the scratch directory is made", ".")
    .option(
      "-p, --preparations <list>",
      `states of the file before the writes: ${PREPARATIONS.join(", ")}`,
      PREPARATIONS.join(","),
    )
    .option(
      "-q, --queue-depths <list>",
      "writes under way at a time (default: 1,8,32; 128 with --find-capacity)",
    )
    .option(
      "-b, --block-size <list>",
      "bytes of a request, 512 to 4M; 4k-64k: drawn between them",
      "4096",
    )
    .option(
      "-s, --file-size <size>",
      "bytes of a trial's file, each written once (default: as --duration needs)",
    )
    .option(
      "--duration <time>",
      "how long a trial lasts; its file grows with the measured pace, within the space (default: 500ms)",
    )
    .option(
      "--ramp <time>",
      "first part of a trial, which is not counted (default: a fifth of --duration, else none)",
    )
    .option("--order <list>", `order of the blocks: ${ORDERS.join(", ")}`, "sequential")
    .option("-r, --rounds <count>", "trials of each scenario (default: 5, with --quick 3)")
    .option(
      "-a, --arms <list>",
      `how writes are issued: ${ARMS.join(", ")} (default: inline, and forced for dd-prefill)`,
    )
    .option("-i, --interval <list>", "pace, e.g. 10ms between writes; 0 is back to back", "0")
    .option("--think-time <list>", "pause, e.g. 1ms:8 when every 8 requests have completed")
    .option("--registered-buffers", "register the buffers and the file with the ring")
    .option("--seed <number>", "decides the order of trials and blocks (default: random, recorded)")
    .option("-o, --out <directory>", "where results files go", "results")
    .option(
      "--max-space <size>",
      "most space that a trial may use (default: a tenth of the free space)",
    )
    .option("--trial-timeout <duration>", "a trial that takes longer ends the run", "10m")
    .option("--quick", "short trials of 1024 writes and 3 rounds: a first look in seconds")
    .option("--json", "print one JSON object instead of the table");
}
