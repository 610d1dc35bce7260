import { renderTable } from "../../terminal/table.js";
import { formatBytes } from "../../terminal/units.js";
import type { Sourced, Workload } from "./workload.js";
import { needsOf } from "./workloads.js";

const UNKNOWN = "?";

function row({ name, parameters, ...rest }: Workload): string[] {
  const { preparation, queueDepth, blockSizeBytes, order, durability } = parameters;
  const needs = needsOf({ name, parameters, ...rest });
  return [
    name,
    preparation?.value ?? UNKNOWN,
    String(queueDepth?.value ?? UNKNOWN),
    blockSizeBytes === undefined ? UNKNOWN : formatBytes(blockSizeBytes.value),
    order?.value ?? UNKNOWN,
    durability?.value ?? "none",
    needs.length === 0 ? "bench --workload" : `needs ${needs.join(", ")}`,
  ];
}

function sources({ name, what, parameters, needs }: Workload): string[] {
  const line = (label: string, { value, source }: Sourced<unknown>) =>
    `  ${label} ${value}: ${source}`;
  return [
    `${name}: ${what}`,
    ...Object.entries(parameters).map(([label, parameter]) => line(label, parameter)),
    ...needs.map((need) => line("needs", need)),
    "",
  ];
}

/** One row a workload, then where each value was looked up. */
export function printedWorkloads(workloads: readonly Workload[]): string {
  const columns = [
    "workload",
    "preparation",
    "depth",
    "block",
    "order",
    "durability",
    "how to run it",
  ];
  const table = renderTable(
    columns.map((title) => ({ title })),
    workloads.map(row),
  );
  return `${table}\n\n${workloads.flatMap(sources).join("\n")}`;
}
