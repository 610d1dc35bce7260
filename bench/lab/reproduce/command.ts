import { Command } from "commander";
import type { RawReproduceOptions } from "./main.js";

const NOTES = `
Fetches Debian's 6.1 and 6.12 kernels once, boots each in QEMU, and needs about a minute and a half.

Examples:
  $ puntbench reproduce
  $ puntbench reproduce --out /tmp/reproduced --json

Exit codes: 0 every cell agrees, 1 a cell differs (it is named) or the run failed, 130 interrupted.`;

export function reproduceCommand(): Command {
  return new Command("reproduce")
    .summary("run the published experiments again, on the kernels they are about")
    .description(
      "Runs the published punt experiments on Debian's 6.1 and 6.12 kernels in virtual machines, and prints " +
        "what was measured beside the published table.",
    )
    .option("--json", "print one JSON object")
    .option("-o, --out <directory>", "keep the results files there")
    .option("--mirror <url>", "Debian mirror (default: that of this machine's apt)")
    .option("--accelerator <kind>", "auto (KVM if it works here), kvm or tcg", "auto")
    .addHelpText("after", NOTES)
    .action(async (options: RawReproduceOptions) => {
      const { main } = await import("./main.js");
      await main(options);
    });
}
