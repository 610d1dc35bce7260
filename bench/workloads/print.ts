import { renderTable } from "../../terminal/table.js";
import { formatBytes } from "../../terminal/units.js";
import type { Parameters, Sourced, Workload } from "./workload.js";
import { openParameters } from "./workloads.js";

const OPEN = "*";

/** The value, or the bench's default with a mark where no source fixes one. */
function cell<T>(
  stream: Parameters,
  name: keyof Parameters,
  format: (value: T) => string = String,
): string {
  const open = openParameters(stream).find((parameter) => parameter.name === name);
  if (open !== undefined) return `${open.byDefault} ${OPEN}`;
  return format((stream[name] as Sourced<T>).value);
}

function request({ operation, io }: Parameters): string {
  return `${io?.value ?? "direct"} ${operation?.value ?? "write"}s`;
}

function durability(stream: Parameters): string {
  const value = stream.durability?.value ?? "none";
  return value === "group-fdatasync" ? `${value}:${cell(stream, "groupWrites")}` : value;
}

function rows({ name, streams }: Workload): string[][] {
  return streams.map((stream, index) => [
    index === 0 ? name : "  and then",
    request(stream),
    cell(stream, "preparation"),
    cell(stream, "queueDepth"),
    cell(stream, "blockSizeBytes", formatBytes),
    cell(stream, "order"),
    durability(stream),
  ]);
}

function sources({ name, what, streams }: Workload): string[] {
  const parameters = streams.flatMap((stream) => Object.entries(stream));
  const known = parameters.map(([label, { value, source }]) => `  ${label} ${value}: ${source}`);
  const open = streams
    .flatMap(openParameters)
    .map(
      ({ words, option, byDefault }) =>
        `  ${OPEN} no source fixes ${words}: ${option} chooses it, and the bench's default is ${byDefault}`,
    );
  return [`${name}: ${what}`, ...new Set([...known, ...open]), ""];
}

/** One row a stream, then where each value was looked up. */
export function printedWorkloads(workloads: readonly Workload[]): string {
  const columns = ["workload", "requests", "preparation", "depth", "block", "order", "durability"];
  const table = renderTable(
    columns.map((title) => ({ title })),
    workloads.flatMap(rows),
  );
  const mark = `${OPEN}: no public source fixes it; this is the bench's default`;
  return `${table}\n\n${mark}\nRun one: puntbench bench --workload NAME\n\n${workloads.flatMap(sources).join("\n")}`;
}
