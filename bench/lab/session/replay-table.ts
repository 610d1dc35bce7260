import { z } from "zod";
import { UserError } from "../../../terminal/errors.js";
import { formatPercent } from "../../../terminal/percent.js";
import { visible } from "../../../terminal/quote.js";
import { renderTable, textColumns } from "../../../terminal/table.js";
import type { FinishedBoot } from "./settings.js";

/** What the table needs of what `replay --json` prints. It came from a guest, so it is checked. */
const Printed = z.object({
  recording: z.object({ kernelRelease: z.string() }),
  operations: z.array(
    z.object({
      file: z.string(),
      operation: z.string(),
      requests: z.number(),
      recordedPuntRatio: z.number(),
      puntRatio: z.number().nullable(),
      causes: z.array(z.object({ cause: z.string() })),
    }),
  ),
});
type Printed = z.infer<typeof Printed>;
type Operation = Printed["operations"][number];

export interface Replayed {
  /** The kernel, with its filesystem unless that is ext4. */
  column: string;
  printed: Printed;
}

/** The same requests on each kernel: punts of each file and operation, and the most frequent cause. */
export function replayText(finished: readonly FinishedBoot[]): string {
  const replays = finished.map(({ kernel, filesystem, printed: [text = ""] }) => ({
    column: filesystem === "ext4" ? kernel.label : `${kernel.label} ${filesystem}`,
    printed: parse(text, kernel.label),
  }));
  return replays.length === 0 ? "" : `${replayTable(replays)}\n`;
}

export function replayTable(replays: readonly Replayed[]): string {
  const boots = withBoots(replays);
  const [first] = replays;
  const recordedOn = first?.printed.recording.kernelRelease ?? "";
  const operations = [...(first?.printed.operations ?? [])].sort((a, b) => b.requests - a.requests);
  const columns = [
    { title: "file" },
    { title: "operation" },
    { title: "requests", align: "right" as const },
    { title: visible(`recorded on ${recordedOn}`), align: "right" as const },
    ...textColumns(...boots.map(({ column }) => column)),
  ];
  const rows = operations.map((operation) => [
    visible(operation.file),
    visible(operation.operation),
    String(operation.requests),
    formatPercent(operation.recordedPuntRatio),
    ...boots.map(({ printed }) => cell(printed.operations.find(sameAs(operation)))),
  ]);
  return `punted requests, and their most frequent cause\n${renderTable(columns, rows)}`;
}

/** Boots of one kernel stand side by side, with their numbers where there are several. */
function withBoots(replays: readonly Replayed[]): Replayed[] {
  return [...new Set(replays.map(({ column }) => column))].flatMap((column) => {
    const boots = replays.filter((replay) => replay.column === column);
    return boots.map(({ printed }, at) => ({
      column: boots.length === 1 ? column : `${column} boot ${at + 1}`,
      printed,
    }));
  });
}

const sameAs =
  ({ file, operation }: Operation) =>
  (other: Operation) =>
    other.file === file && other.operation === operation;

function cell(operation: Operation | undefined): string {
  const ratio = operation?.puntRatio ?? null;
  if (ratio === null) return "unknown";
  const cause = operation?.causes[0]?.cause;
  return cause === undefined || ratio === 0
    ? formatPercent(ratio)
    : visible(`${formatPercent(ratio)} ${cause}`);
}

function parse(text: string, label: string): Printed {
  try {
    return Printed.parse(JSON.parse(text));
  } catch {
    throw new UserError(
      `${label}: replay printed something else than its answer`,
      "Run that kernel again.",
    );
  }
}
