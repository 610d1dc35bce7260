import { Command } from "commander";

const EXAMPLES = `
Examples:
  $ puntbench workloads
  $ puntbench workloads --json
  $ puntbench bench --workload rocksdb-wal

Exit codes: 0 ok, 1 failure, 2 usage.`;

export function workloadsCommand(): Command {
  return new Command("workloads")
    .summary("list the named workloads, and where each of their values was looked up")
    .description(
      "Streams of well-known programs, as `bench --workload NAME` runs them. What no public source fixes is marked: there " +
        "the bench's own option decides.",
    )
    .option("--json", "print one JSON array instead of the table")
    .addHelpText("after", EXAMPLES)
    .action(async ({ json }: { json?: boolean }) => {
      const { WORKLOADS } = await import("./workloads.js");
      const { printedWorkloads } = await import("./print.js");
      process.stdout.write(json ? `${JSON.stringify(WORKLOADS)}\n` : printedWorkloads(WORKLOADS));
    });
}
