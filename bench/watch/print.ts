import type { WatchLosses } from "../../native/watch.js";
import { formatPercent } from "../../terminal/percent.js";
import { visible } from "../../terminal/quote.js";
import { numberColumns, renderTable, textColumns } from "../../terminal/table.js";
import { formatBytes, formatNs, formatRate } from "../../terminal/units.js";
import type { Observation } from "./observation.js";
import { causesCell, cureSentences } from "./print-causes.js";
import type { WorkerUse } from "./workers.js";

/** Everything that is said of one interval, or of the whole watch. */
export interface Report {
  seconds: number;
  observations: Observation[];
  /** io-wq workers of the watched processes. */
  workers: WorkerUse;
  lost: WatchLosses;
}

const COLUMNS = [
  ...textColumns("file", "operation", "cause"),
  ...numberColumns("requests/s", "punted", "forced", "failed", "inline p99", "punted p99"),
];

/** One block of text for each process, dearest first; at most `limit` rows each. */
export function printed(report: Report, limit: number): string {
  const processes = new Map<number, Observation[]>();
  for (const row of report.observations) {
    processes.set(row.process, [...(processes.get(row.process) ?? []), row]);
  }
  const blocks = [...processes.values()].map((rows) => processBlock(rows, limit));
  const lines = blocks.length === 0 ? ["no io_uring request completed"] : blocks;
  const cures = cureSentences(report.observations);
  return `${[...lines, [closing(report), ...cures].join("\n")].join("\n\n")}\n`;
}

function processBlock(rows: readonly Observation[], limit: number): string {
  const [first] = rows as [Observation];
  const shown = rows.slice(0, limit);
  const left = rows.length - shown.length;
  const table = renderTable(COLUMNS, shown.map(cells));
  const more = left > 0 ? `\n${left} more files and operations with fewer punts` : "";
  return `${visible(first.processName ?? "ended")} (${first.process})\n${table}${more}`;
}

function cells(row: Observation): string[] {
  const size = row.bytesPerRequest === null ? "" : ` ${formatBytes(row.bytesPerRequest)}`;
  return [
    visible(row.file),
    `${row.operation}${size}`,
    causesCell(row.causes),
    perSecond(row.requestsPerSecond),
    formatPercent(row.punts / row.requests),
    formatPercent(row.forced / row.requests),
    String(row.failed),
    row.inlineNsP99 === null ? "-" : formatNs(row.inlineNsP99),
    row.puntedNsP99 === null ? "-" : formatNs(row.puntedNsP99),
  ];
}

function perSecond(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : formatRate(rate);
}

function closing({ workers, lost, seconds }: Report): string {
  const cpus = (workers.cpuNs / 1e9 / seconds).toFixed(2);
  const lines = [
    `io-wq: ${workers.peak} workers, at least ${cpus} CPUs, over ${formatNs(seconds * 1e9)}`,
  ];
  return [...lines, ...lossLines(lost)].join("\n");
}

/** What the counts leave out, one line for each reason. */
function lossLines({ requests, punts, latencies, unmatched, events }: WatchLosses): string[] {
  const reasons: [number, string][] = [
    [requests, "requests were not counted: too many files"],
    [punts, "punts are counted as inline requests: too many were under way"],
    [
      unmatched,
      "completions are not counted: this kernel does not say to which request they belong",
    ],
    [events, "events were missed by the kernel: counts may be too low"],
    [latencies, "latencies were not measured: too many requests were under way"],
  ];
  return reasons.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
}
