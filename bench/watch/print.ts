import { formatPercent } from "../../terminal/percent.js";
import { visible } from "../../terminal/quote.js";
import { type Column, renderTable } from "../../terminal/table.js";
import { formatBytes, formatNs, formatRate } from "../../terminal/units.js";
import { wrapWords } from "../../terminal/wrap.js";
import { byWorkers, type Observation } from "./observation.js";
import { causesCell, cureSentences } from "./print-causes.js";
import { lossLines } from "./print-losses.js";
import { stallLines } from "./print-stalls.js";
import { type Report, stalledWithoutRequests } from "./report.js";
import type { ProcessStalls } from "./stalls.js";

/** How much of a report is printed. */
export interface Extent {
  /** Rows for each process. */
  limit: number;
  /** Characters in a line; columns that do not fit are left out, the least worth first. */
  width: number;
}

interface TableColumn extends Column {
  /** The column with the least worth goes first where the terminal is narrow. */
  worth: number;
  cell: (row: Observation) => string;
}

const FILE: TableColumn = { title: "file", worth: 9, cell: ({ file }) => visible(file) };
const COLUMNS: readonly TableColumn[] = [
  FILE,
  { title: "operation", worth: 6, cell: operationCell },
  right("requests/s", 7, (row) => perSecond(row.requestsPerSecond)),
  right("punted", 8, (row) => formatPercent(byWorkers(row) / row.requests)),
  { title: "cause", worth: 5, cell: ({ causes }) => causesCell(causes) },
  right("inline p99", 3, ({ inlineNsP99 }) => duration(inlineNsP99)),
  right("punted p99", 4, ({ puntedNsP99 }) => duration(puntedNsP99)),
  right("io-wq CPU", 3, workerCpuCell),
  right("forced", 2, (row) => formatPercent(row.forced / row.requests)),
  right("failed", 1, ({ failed }) => String(failed)),
];
const LEAST_COLUMNS = 2;
/** Spaces between two columns. */
const GAP = 2;
/** Columns are left out before names of files get shorter than this. */
const LEAST_FILE_WIDTH = 24;

/** The columns of all tables of a report: the same for all processes, so that a reader compares them. */
interface Layout {
  columns: readonly TableColumn[];
  /** Longer names of files are cut off at their beginning. */
  fileWidth: number;
}

function right(title: string, worth: number, cell: TableColumn["cell"]): TableColumn {
  return { title, align: "right", worth, cell };
}

/** One block of text for each process, in the order of the observations. */
export function processBlocks(report: Report, extent: Extent): string {
  const processes = new Map<number, Observation[]>();
  for (const row of report.observations) {
    const rows = processes.get(row.process);
    if (rows === undefined) processes.set(row.process, [row]);
    else rows.push(row);
  }
  const groups = [...processes.values()];
  const shown = groups.flatMap((rows) => rows.slice(0, extent.limit));
  const layout = fittingLayout(shown, extent.width);
  const blocks = [
    ...groups.map((rows) => processBlock(rows, extent.limit, layout)),
    ...stalledWithoutRequests(report).map((stalled) => `${titleOf(stalled)}\n${NONE_COMPLETED}`),
  ];
  return blocks.length === 0 ? NONE_COMPLETED : blocks.join("\n\n");
}

const NONE_COMPLETED = "no io_uring request completed";

/** Without a name: the process ended before its first look. */
function titleOf({ processName, process }: Pick<ProcessStalls, "processName" | "process">): string {
  return `${visible(processName ?? "ended")} (${process})`;
}

/** Blocks of the processes, then workers, losses and cures. */
export function printed(report: Report, extent: Extent): string {
  const closing = closingLines(report).flatMap((line) => wrapWords(line, extent.width));
  return `${processBlocks(report, extent)}\n\n${closing.join("\n")}\n`;
}

function processBlock(rows: readonly Observation[], limit: number, layout: Layout): string {
  const [first] = rows as [Observation];
  const shown = rows.slice(0, limit);
  const left = rows.length - shown.length;
  const more = left > 0 ? `\n${left} more files and operations` : "";
  return `${titleOf(first)}\n${tableOf(shown, layout)}${more}`;
}

function fittingLayout(rows: readonly Observation[], width: number): Layout {
  if (!Number.isFinite(width)) return { columns: COLUMNS, fileWidth: width };
  const widths = new Map(COLUMNS.map((column) => [column, widthOf(column, rows)]));
  const others = (columns: readonly TableColumn[]) =>
    columns.slice(1).reduce((sum, column) => sum + GAP + (widths.get(column) ?? 0), 0);
  const fileWidth = Math.min(widths.get(FILE) ?? 0, LEAST_FILE_WIDTH);
  let columns = COLUMNS;
  while (columns.length > LEAST_COLUMNS && fileWidth + others(columns) > width) {
    const least = Math.min(...columns.map(({ worth }) => worth));
    columns = columns.filter(({ worth }) => worth > least);
  }
  return { columns, fileWidth: Math.max(fileWidth, width - others(columns)) };
}

function tableOf(rows: readonly Observation[], { columns, fileWidth }: Layout): string {
  const cellOf = (column: TableColumn, row: Observation) => {
    const text = column.cell(row);
    return column === FILE && text.length > fileWidth ? `…${text.slice(1 - fileWidth)}` : text;
  };
  return renderTable(
    columns,
    rows.map((row) => columns.map((column) => cellOf(column, row))),
  );
}

function widthOf({ title, cell }: TableColumn, rows: readonly Observation[]): number {
  const lines = [title, ...rows.flatMap((row) => cell(row).split("\n"))];
  return Math.max(...lines.map((line) => line.length));
}

function operationCell({ operation, bytesPerRequest }: Observation): string {
  return bytesPerRequest === null ? operation : `${operation} ${formatBytes(bytesPerRequest)}`;
}

/** CPUs that workers kept busy for a row; "?" where they served several rows of the process. */
function workerCpuCell({ workerCpuNs, requests, requestsPerSecond }: Observation): string {
  if (workerCpuNs === null) return "?";
  return formatPercent((workerCpuNs * requestsPerSecond) / requests / 1e9);
}

function duration(ns: number | null): string {
  return ns === null ? "-" : formatNs(ns);
}

function perSecond(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : formatRate(rate);
}

/** Workers, blocked submitters, what the counts leave out, and what would cure most of the punts. */
export function closingLines(report: Report): string[] {
  const { workers, kernelWorkers, stalls, sampled, seconds, observations } = report;
  const cpus = (cpuNs: number) => (cpuNs / 1e9 / seconds).toFixed(2);
  const used = `at least ${cpus(workers.cpuNs)} CPUs`;
  return [
    `io-wq: ${workers.peak} workers, ${used}, over ${formatNs(seconds * 1e9)}`,
    ...stallLines(stalls, seconds),
    ...(kernelWorkers === null
      ? []
      : [`kernel threads: ${cpus(kernelWorkers.cpuNs)} CPUs, for all programs of this host`]),
    ...(sampled === 1 ? [] : [`latencies: of 1 in ${sampled} requests`]),
    ...lossLines(report),
    ...cureSentences(observations),
  ];
}
