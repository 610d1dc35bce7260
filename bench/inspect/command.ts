import { Command } from "commander";
import type { InspectOptions } from "./main.js";

const EXAMPLES = `
Examples:
  $ puntbench inspect /var/lib/db/wal.log
  $ puntbench inspect data.bin --block-size 8k
  $ puntbench inspect data.bin --json | jq '.regions[] | {startBytes, state, punts: .prediction.punts}'

Opens the file read-only and changes nothing, neither its data nor its access time. The page cache is asked
with cachestat (Linux 6.5) or mincore.

Exit codes: 0 ok, 1 the file cannot be read, 2 usage.`;

/** `puntbench inspect FILE`: its extents, and what a write to each would do on this kernel. */
export function inspectCommand(): Command {
  return new Command("inspect")
    .summary("show a file's extents and which writes to it would punt")
    .description(
      "Lists the written, unwritten and missing parts of a file with its cached pages, and says for each " +
        "whether an O_DIRECT write would punt on this kernel, and why.",
    )
    .argument("<file>", "any readable file")
    .option("-b, --block-size <size>", "bytes of a write", "4096")
    .option("--json", "print one JSON object instead of the table")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, options: InspectOptions) => {
      const { main } = await import("./main.js");
      main(file, options);
    });
}
