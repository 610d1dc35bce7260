import { Command } from "commander";

export function workloadsCommand(): Command {
  return new Command("workloads")
    .summary("list the named workloads, and where each of their values was looked up")
    .description(
      "Streams of well-known programs, as `bench --workload NAME` runs them. Those that need what the driver cannot do " +
        "yet are listed with what they need.",
    )
    .option("--json", "print one JSON array instead of the table")
    .action(async ({ json }: { json?: boolean }) => {
      const { WORKLOADS, needsOf } = await import("./workloads.js");
      const { printedWorkloads } = await import("./print.js");
      const list = WORKLOADS.map((workload) => ({
        ...workload,
        runnable: needsOf(workload).length === 0,
      }));
      process.stdout.write(json ? `${JSON.stringify(list)}\n` : printedWorkloads(WORKLOADS));
    });
}
