import { Command } from "commander";
import type { AtlasOptions, LookAtHost } from "./options.js";

const EXAMPLES = `
Examples:
  $ puntbench atlas ext4 append --kernel 6.1          one answer: punts or not, why, since when, what helps
  $ puntbench atlas xfs fallocate-0                   the same request on every kernel
  $ puntbench atlas 6.12 o_dsync                      words of what the program does
  $ puntbench atlas --this-host                       this kernel, filesystem and stack
  $ puntbench atlas --changes                         what changed from kernel to kernel
  $ puntbench atlas --changes --markdown > findings.md
  $ puntbench atlas --scenarios                       what the atlas knows

The answers were measured on Debian's kernels in the lab, and lie in results/atlas. results/atlas/index.html answers the
same in a browser.

Exit codes: 0 ok, 2 usage or nothing found.`;

/**
 * `puntbench atlas [QUESTION...]`: looks answers up.
 * @param thisHost looks at this machine. The caller provides it, because the analysis does not import the bench.
 */
export function atlasCommand(thisHost: LookAtHost): Command {
  return new Command("atlas")
    .summary("look up which requests punt, on which kernel and filesystem")
    .description(
      "Says from measured data whether a request punts, why, since which kernel, and what helps.",
    )
    .argument("[question...]", "kernel, filesystem, and what the program does")
    .option("-k, --kernel <series>", "as in 6.12")
    .option("--this-host", "this kernel, and the filesystem and devices of --dir")
    .option("-d, --dir <directory>", "for --this-host: whose filesystem", ".")
    .option("--changes", "what changed from kernel to kernel")
    .option("--markdown", "with --changes: as findings with their evidence")
    .option("--scenarios", "list what the atlas knows")
    .option("--page <file>", "write the page that answers in a browser")
    .option("--from <directory>", "another atlas (default: that of this package)")
    .option("--json", "print one JSON object")
    .enablePositionalOptions()
    .addHelpText("after", EXAMPLES)
    .action(async (question: string[], options: AtlasOptions) => {
      const { main } = await import("./main.js");
      await main(question, options, thisHost);
    });
}
