import { Command } from "commander";
import type { RawReplayOptions } from "./options.js";

const EXAMPLES = `
Examples:
  $ puntbench replay mariadb.pbrec --dir /mnt/test                   # the same requests on this kernel
  $ puntbench replay mariadb.pbrec --what-if preparation=dd-prefill  # had every block been written once before
  $ puntbench replay wal.pbrec --what-if iowq-workers=2 --json
  $ puntbench replay wal.pbrec --pace as-fast-as-possible

Makes the recorded files anew in a scratch directory, with the parts that the requests touch in the state that they had, and removes
them at the end. Then it issues the same reads, writes, fsyncs and fallocates, through as many rings, with the same
flags. By default each request has the moment that it had (open loop); with --pace as-fast-as-possible each follows the
requests and system calls that it followed. Data is not recorded, so all requests move the same bytes.

The answer shows for each file and operation how many requests punted in the recording and here, and goes into a results
file: \`puntbench report results\` puts all replays of a recording side by side, kernel by kernel. It needs root, as
puntbench watch does.

Exit codes: 0 ok, 1 failure, 2 usage, 130 interrupted.`;

/** `puntbench replay FILE`: the requests of a recording on this kernel. */
export function replayCommand(): Command {
  const command = new Command("replay")
    .summary("issue the requests of a recording again, on this kernel")
    .description(
      "Issues the io_uring requests of a recording again, on files in the recorded state, and shows which punt here.",
    )
    .argument("<recording>", "a file that puntbench record wrote")
    .addHelpText("after", EXAMPLES);
  return withReplayOptions(command).action(async (recording: string, options: RawReplayOptions) => {
    const { main } = await import("./main.js");
    await main(recording, options);
  });
}

/** Also for the lab, which checks them before a boot. */
export function withReplayOptions(command: Command): Command {
  return command
    .option("-d, --dir <directory>", "where the scratch directory is made", ".")
    .option("-l, --kernel-label <label>", "name that charts group by (default: uname -r)")
    .option("-o, --out <directory>", "where results files go", "results")
    .option("--pace <pace>", "recorded or as-fast-as-possible", "recorded")
    .option("--speed <factor>", "of the recorded pace, e.g. 2x", "1x")
    .option("--what-if <changes>", "preparation=NAME and iowq-workers=COUNT, separated by commas")
    .option("--max-space <size>", "most space for the files (default: a tenth of what is free)")
    .option("--json", "print one JSON object");
}
