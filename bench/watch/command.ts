import { Command } from "commander";
import type { RawWatchOptions } from "./main.js";

const EXAMPLES = `
Examples:
  $ puntbench watch --pid 4242
  $ puntbench watch --comm mariadbd --interval 1s
  $ puntbench watch --all --duration 30s --json
  $ puntbench watch --cgroup /system.slice/scylla.service --metrics 127.0.0.1:9464

Needs root and Linux 6.0 or newer, or Debian's 5.10. Counts are exact for 8,192 combinations of process, ring, file
and operation; of more, those that were not used for longest leave the sums of the whole time, and are counted. Requests with IOSQE_CQE_SKIP_SUCCESS are not
counted. The cause is that of a sample of the punts. p99 is the upper end of a bucket a fifth of its value wide.
Nothing stays in the kernel when the command ends, however it ends.

On a terminal the table is drawn again in place, and the keys c, r, l and f sort it: by cost, requests, latency, file.
q or Ctrl-C ends the watch with the summary.

Exit codes: 0 ok, 1 the kernel or the rights do not allow it, 2 usage.`;

/** `puntbench watch`: which requests of running programs punt. */
export function watchCommand(): Command {
  return new Command("watch")
    .summary("show which io_uring requests of running programs punt, live")
    .description(
      "Counts the io_uring requests of running programs in the kernel, by process, file and operation: how many " +
        "punt to io-wq workers, and how long inline and punted requests take.",
    )
    .option("-p, --pid <list>", "process ids; their children are included")
    .option("-c, --comm <name>", "every process of this name, also those that start later")
    .option("--cgroup <path>", "every process of this control group, below /sys/fs/cgroup")
    .option("-a, --all", "every process")
    .option("-i, --interval <duration>", "time between two reports", "1s")
    .option("-d, --duration <duration>", "stop after this time (default: until Ctrl-C)")
    .option(
      "--sample <count>",
      "measure the latency of one request in this many (a power of two)",
      "16",
    )
    .option("--top <count>", "rows for each process in a table, or in an interval of --json", "20")
    .option("--json", "print one JSON object for each interval, and one for the whole time")
    .option(
      "--metrics <address>",
      "serve Prometheus metrics at /metrics, e.g. 127.0.0.1:9464; --top bounds their number",
    )
    .option(
      "-o, --out <directory>",
      "write what each program did into a results file there, for `report`",
    )
    .addHelpText("after", EXAMPLES)
    .action(async (options: RawWatchOptions) => {
      const { main } = await import("./main.js");
      await main(options);
    });
}
