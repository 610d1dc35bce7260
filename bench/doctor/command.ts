import { Command } from "commander";
import type { DoctorOptions } from "./main.js";

const EXAMPLES = `
Examples:
  $ puntbench doctor
  $ puntbench doctor /mnt/data
  $ puntbench doctor --json | jq '.findings[] | select(.severity != "ok")'

Each finding says what was found, why it matters, and what to do: blocker (cannot measure), warning (figures
would mislead), note (say it with the figures), ok. Reads only. Works without root, which is itself a finding.

Exit codes: 0 fit to measure, 1 a blocker was found, 2 usage.`;

/** `puntbench doctor [DIR]`: what on this host would spoil a measurement. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .summary("find what on this host would spoil a measurement")
    .description(
      "Looks at rights, kernel, filesystem, devices, CPU, limits and neighbours, and says what would spoil " +
        "a measurement in the directory or hide punts.",
    )
    .argument("[directory]", "where you want to measure", ".")
    .option("--json", "print one JSON object instead of text")
    .addHelpText("after", EXAMPLES)
    .action(async (directory: string, options: DoctorOptions) => {
      const { main } = await import("./main.js");
      await main(directory, options);
    });
}
