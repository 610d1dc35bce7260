import { Command } from "commander";
import type { ProbeOptions } from "./main.js";

const EXAMPLES = `
Examples:
  $ puntbench probe
  $ puntbench probe /var/lib/db --block-size 8k
  $ puntbench probe /mnt/data --json | jq '.preparations[] | {preparation, verdict}'

Verdicts: punts; inline; punts once per clock tick (tick in --json): the first write after the file's timestamp
fell behind the clock; ? (unknown): the filesystem lacks the preparation, or the answers contradict each other.
No root needed. A scratch directory of a few hundred KiB is made in DIR and removed.

Exit codes: 0 every preparation is answered, 1 one is not, 2 usage, 130 interrupted.`;

/** `puntbench probe [DIR]`: would a first write punt here? Without root, in under a second. */
export function probeCommand(): Command {
  return new Command("probe")
    .summary("ask the kernel whether a first write would punt, without root")
    .description(
      "For each preparation, asks this kernel and filesystem whether an O_DIRECT write would punt: with " +
        "RWF_NOWAIT, through io_uring, pwritev2 and libaio, which refuse what io_uring would punt.",
    )
    .argument("[directory]", "where the scratch directory is made", ".")
    .option("-b, --block-size <size>", "bytes of a write, 512 to 1M", "4096")
    .option("--json", "print one JSON object instead of the table")
    .addHelpText("after", EXAMPLES)
    .action(async (directory: string, options: ProbeOptions) => {
      const { main } = await import("./main.js");
      await main(directory, options);
    });
}
