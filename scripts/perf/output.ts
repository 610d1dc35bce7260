import { type Interval, medianInterval } from "../../analysis/statistics/median-interval.js";
import { numberColumns, renderTable, textColumns } from "../../terminal/table.js";
import { formatRate } from "../../terminal/units.js";
import type { Accounting } from "./cpu-accounting.js";
import type { Contender, Round } from "./overwrite.js";

export interface PerfResults {
  /** By queue depth; one entry for each round. */
  overwrites: Map<number, Round[]>;
  /** By queue depth and round: ns per operation that the driver's loop takes more than the bare loop. */
  nops: Map<number, number[]>;
  accounting: Accounting[];
  /** CPU ns that the punt counter adds to one punt, by round. */
  puntCounter: number[];
}

/** The depth at which the project promises its figures. */
const PROMISED_DEPTH = 32;

/** What was measured, and what the project promises of it. */
interface Figure {
  name: string;
  interval: Interval | null;
  promise: string;
}

function figures({ overwrites, nops, accounting, puntCounter }: PerfResults): Figure[] {
  const rounds = overwrites.get(PROMISED_DEPTH) ?? [];
  return [
    figure("driverVsFioIops", ratios(rounds, "driver", "fio", "iops"), "at least 1.3"),
    figure("driverVsBareIops", ratios(rounds, "driver", "bare", "iops"), "at least 0.97"),
    figure(
      "driverVsFioCpuPerWrite",
      ratios(rounds, "driver", "fio", "cpuNsPerWrite"),
      "at most 0.7",
    ),
    figure("driverVsBareCpuPerWrite", ratios(rounds, "driver", "bare", "cpuNsPerWrite"), ""),
    figure("nopOverheadNs", nops.get(PROMISED_DEPTH) ?? [], "at most 60"),
    figure("puntCounterNsPerPunt", puntCounter.filter(Number.isFinite), ""),
    figure(
      "cpuAccountingError",
      accounting.map((error) => error.driver),
      "at most 0.05",
    ),
    figure(
      "cpuAccountingErrorAgainstSystem",
      accounting.map((error) => error.driverAgainstSystem).filter(Number.isFinite),
      "at most 0.05",
    ),
    figure(
      "fioCpuAccountingError",
      accounting.map((error) => error.fio),
      "",
    ),
  ];
}

export function printJson(results: PerfResults): void {
  const named = figures(results);
  const printed = {
    ...Object.fromEntries(named.map(({ name, interval }) => [name, interval?.point ?? null])),
    intervals: Object.fromEntries(
      named.map(({ name, interval }) => [name, interval && [interval.lower, interval.upper]]),
    ),
    queueDepth: PROMISED_DEPTH,
    byQueueDepth: [...results.overwrites].map(([queueDepth, rounds]) => ({
      queueDepth,
      driverVsFioIops: median(ratios(rounds, "driver", "fio", "iops")),
      driverVsBareIops: median(ratios(rounds, "driver", "bare", "iops")),
      driverVsFioCpuPerWrite: median(ratios(rounds, "driver", "fio", "cpuNsPerWrite")),
    })),
    nopOverheadNsByQueueDepth: Object.fromEntries(
      [...results.nops].map(([queueDepth, values]) => [queueDepth, median(values)]),
    ),
  };
  process.stdout.write(`${JSON.stringify(printed)}\n`);
}

export function printTables(results: PerfResults): void {
  const sweep = [...results.overwrites].flatMap(([queueDepth, rounds]) =>
    (["driver", "bare", "fio"] as const).map((contender) => [
      String(queueDepth),
      contender,
      formatRate(median(rounds.map((round) => round[contender].iops))),
      (median(rounds.map((round) => round[contender].cpuNsPerWrite)) / 1000).toFixed(2),
    ]),
  );
  const sweepColumns = [
    ...numberColumns("depth"),
    ...textColumns("contender"),
    ...numberColumns("IOPS", "CPU µs/write"),
  ];
  const figureColumns = [
    ...textColumns("figure"),
    ...numberColumns("median"),
    ...textColumns("interval", "promised"),
  ];
  const lines = [
    "Overwrites of a prefilled file, 4 KiB, medians over rounds:",
    "",
    renderTable(sweepColumns, sweep),
    "",
    `Figures at depth ${PROMISED_DEPTH}, medians of ratios within a round, with 95 % intervals:`,
    "",
    renderTable(
      figureColumns,
      figures(results).map(({ name, interval, promise }) => [
        name,
        interval?.point.toFixed(3) ?? "?",
        interval ? `${interval.lower.toFixed(3)} to ${interval.upper.toFixed(3)}` : "not measured",
        promise,
      ]),
    ),
    "",
    "fioCpuAccountingError: the share of a punting write's CPU time that fio's figure leaves out.",
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function figure(name: string, values: number[], promise: string): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  return { name, interval: sorted.length === 0 ? null : medianInterval(sorted), promise };
}

/** Ratios within a round, so that a disturbance of the machine affects both contenders. */
function ratios(
  rounds: readonly Round[],
  over: Contender,
  under: Contender,
  field: "iops" | "cpuNsPerWrite",
): number[] {
  return rounds.map((round) => round[over][field] / round[under][field]);
}

function median(values: number[]): number {
  return medianInterval(values.toSorted((a, b) => a - b)).point;
}
