import { medianInterval } from "../../analysis/statistics/median-interval.js";
import { formatPercent } from "../../terminal/percent.js";
import { plural } from "../../terminal/plural.js";
import { numberColumns, renderTable, textColumns } from "../../terminal/table.js";
import { formatRate } from "../../terminal/units.js";
import type { PerfRing } from "./contender.js";
import type { Accounting } from "./cpu-accounting.js";
import { CONTENDERS, type Contender, type Slice } from "./overwrite.js";
import { type Figure, figure, isKept, ratioFigures } from "./promises.js";

export interface PerfResults {
  ring: PerfRing;
  /** By queue depth. */
  overwrites: Map<number, Slice[]>;
  /** By queue depth: calls of io_uring_enter for each write of fio tuned; null: they cannot be counted here. */
  tunedFioCalls: Map<number, number | null>;
  /** By queue depth and round: ns per operation that the driver's loop takes more than the bare loop. */
  nops: Map<number, number[]>;
  accounting: Accounting[];
  /** CPU ns that the punt counter adds to one punt, by round. */
  puntCounter: number[];
}

/** Figures of the instrument itself, which do not belong to a depth of overwrites. */
function instrumentFigures({ nops, accounting, puntCounter }: PerfResults): Figure[] {
  const within5Percent = { at: "most", bound: 0.05 } as const;
  const over = (field: keyof Accounting) =>
    accounting.map((errors) => errors[field]).filter(Number.isFinite);
  return [
    ...[...nops].map(([depth, values]) =>
      figure(
        `nopOverheadNs, depth ${depth}`,
        values,
        depth === 1 ? null : { at: "most", bound: 60 },
      ),
    ),
    figure("puntCounterNsPerPunt", puntCounter.filter(Number.isFinite)),
    figure("cpuAccountingError", over("driver"), within5Percent),
    figure("cpuAccountingErrorAgainstSystem", over("driverAgainstSystem"), within5Percent),
    figure("fioCpuAccountingError", over("fio")),
  ];
}

export function printJson(results: PerfResults): void {
  const byQueueDepth = [...results.overwrites].map(([queueDepth, rounds]) => ({
    queueDepth,
    contenders: Object.fromEntries(
      CONTENDERS.map((name) => [
        name,
        { ...medians(rounds, name), callsPerWrite: callsPerWrite(results, queueDepth, name) },
      ]),
    ),
    figures: ratioFigures(rounds).map(toJson),
  }));
  const instrument = instrumentFigures(results).map(toJson);
  process.stdout.write(`${JSON.stringify({ ring: results.ring, byQueueDepth, instrument })}\n`);
}

/** One table, or one JSON object. */
export function printFigures(figures: readonly Figure[], json: boolean): void {
  const columns = [
    ...textColumns("figure"),
    ...numberColumns("median"),
    ...textColumns("interval", "promised", "kept"),
  ];
  const text = json
    ? JSON.stringify({ figures: figures.map(toJson) })
    : renderTable(columns, figures.map(words));
  process.stdout.write(`${text}\n`);
}

export function printTables(results: PerfResults): void {
  const sweep = [...results.overwrites].flatMap(([queueDepth, rounds]) =>
    CONTENDERS.map((name) => {
      const { iops, cpuNsPerWrite } = medians(rounds, name);
      const calls = callsPerWrite(results, queueDepth, name);
      return [
        String(queueDepth),
        name,
        formatRate(iops),
        (cpuNsPerWrite / 1000).toFixed(2),
        calls?.toFixed(3) ?? "-",
      ];
    }),
  );
  const sweepColumns = [
    ...numberColumns("depth"),
    ...textColumns("contender"),
    ...numberColumns("IOPS", "CPU µs/write", "system calls/write"),
  ];
  const figures = [
    ...[...results.overwrites].flatMap(([queueDepth, rounds]) =>
      ratioFigures(rounds).map((found) => [String(queueDepth), ...words(found)]),
    ),
    ...instrumentFigures(results).map((found) => ["", ...words(found)]),
  ];
  const figureColumns = [
    ...numberColumns("depth"),
    ...textColumns("figure"),
    ...numberColumns("median"),
    ...textColumns("interval", "promised", "kept"),
  ];
  const rounds = results.puntCounter.length;
  const slices = [...results.overwrites.values()][0]?.length ?? 0;
  const [ofSlices, ofRounds] = [slices, rounds].map((count) =>
    formatPercent(
      medianInterval(Float64Array.from({ length: count }, (_, index) => index)).coverage,
    ),
  );
  const lines = [
    `Overwrites of a prefilled file, 4 KiB, medians over ${plural(slices, "slice")}; ring of driver and bare loop: ${results.ring}`,
    "",
    renderTable(sweepColumns, sweep),
    "",
    `Medians of ratios within a slice (${ofSlices} intervals), and over ${plural(rounds, "round")} (${ofRounds} intervals):`,
    "",
    renderTable(figureColumns, figures),
    "",
    "All contenders use registered buffers, O_DIRECT, and a file of their own that was prefilled and not written since.",
    "fio tuned submits and reaps whole batches, with a registered file, like the driver and the bare loop.",
    "System calls are calls of io_uring_enter; those of fio tuned are from one more run, which perf stat watched.",
    "CPU µs/write is the time of the submitting thread alone. fio reports nothing else: it leaves out io-wq workers, which",
    "these overwrites do not need. fioCpuAccountingError is the share that fio leaves out when every write punts.",
    "README.md, section “Why not fio?”, says what these figures are on one machine, and why a promise can be missed.",
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

export function words(found: Figure): string[] {
  const { name, interval, promised } = found;
  const kept = isKept(found);
  return [
    name,
    interval?.point.toFixed(3) ?? "?",
    interval ? `${interval.lower.toFixed(3)} to ${interval.upper.toFixed(3)}` : "not measured",
    promised ? `at ${promised.at} ${promised.bound}` : "",
    kept === null ? "" : kept ? "yes" : "NO",
  ];
}

export function toJson(found: Figure) {
  const { name, interval, promised } = found;
  const { point = null, lower = null, upper = null } = interval ?? {};
  return { name, median: point, lower, upper, promised, kept: isKept(found) };
}

function callsPerWrite(
  { overwrites, tunedFioCalls }: PerfResults,
  queueDepth: number,
  name: Contender,
): number | null {
  if (name === "fio tuned") return tunedFioCalls.get(queueDepth) ?? null;
  const counted = (overwrites.get(queueDepth) ?? []).flatMap(
    (slice) => slice[name].callsPerWrite ?? [],
  );
  return counted.length === 0 ? null : median(counted);
}

function medians(rounds: readonly Slice[], name: Contender) {
  return {
    iops: median(rounds.map((round) => round[name].iops)),
    cpuNsPerWrite: median(rounds.map((round) => round[name].cpuNsPerWrite)),
  };
}

function median(values: number[]): number {
  return medianInterval(values.toSorted((a, b) => a - b)).point;
}
