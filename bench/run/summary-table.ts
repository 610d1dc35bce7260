import { formatPercent } from "../../terminal/percent.js";
import { type Column, renderTable } from "../../terminal/table.js";
import { formatBytes, formatNs, formatRate } from "../../terminal/units.js";
import type { ScenarioSummary } from "./summary.js";

/** What was not measured reads as "?", never as 0. */
const UNKNOWN = "?";

type Row = ScenarioSummary;

interface Field extends Column {
  value: (row: Row) => string;
  /** The column is shown when this holds for some row; always, if it is not given. */
  when?: (row: Row) => boolean;
  /** The column is shown only where not all rows have the same value. */
  onlyVaried?: true;
}

const counted = (row: Row) => row.instructionsPerWrite !== null;
const timed = (row: Row) => !counted(row);
const paced = (row: Row) => row.intervalNs > 0;

function right(title: string, value: Field["value"], when?: Field["when"]): Field {
  return { title, value, align: "right", ...(when && { when }) };
}

const FIELDS: readonly Field[] = [
  { title: "preparation", value: (row) => row.preparation },
  {
    title: "request",
    value: (row) => row.stream ?? "write",
    when: (row) => row.stream !== null,
  },
  { title: "arm", value: (row) => row.arm },
  { title: "order", value: (row) => row.order, onlyVaried: true },
  { ...right("block", (row) => formatBytes(row.blockSizeBytes)), onlyVaried: true },
  right("depth", (row) => String(row.queueDepth)),
  right("interval", (row) => pace(row.intervalNs), paced),
  right("punted", (row) => shown(row.puntRatio, formatPercent)),
  right(
    "predicted",
    (row) => shown(row.predictedPuntRatio, formatPercent),
    (row) => row.predictedPuntRatio !== null,
  ),
  right("punts/s", (row) => shown(row.puntsPerSecond, formatRate), paced),
  right("IOPS", (row) => shown(row.iops, formatRate), timed),
  right("p50", (row) => shown(row.latencyNsP50, formatNs), timed),
  right("p99", (row) => shown(row.latencyNsP99, formatNs), timed),
  right("stall p99 / max", stall, timed),
  right("CPU µs/write: submitter", (row) => micros(row.cpuNsPerWrite.submitter), timed),
  right("+ io-wq", (row) => micros(row.cpuNsPerWrite.ioWq), timed),
  right("+ kernel workers (at rest)", kernelWorkers, timed),
  right(
    "system",
    (row) => micros(row.cpuNsPerWrite.system, row.systemCpuNsPerWriteResolution),
    timed,
  ),
  right(
    "instructions/write: submitter",
    (row) => whole(row.instructionsPerWrite?.submitter),
    counted,
  ),
  right("+ io-wq", (row) => whole(row.instructionsPerWrite?.ioWq), counted),
  right("+ kernel workers", (row) => whole(row.instructionsPerWrite?.kernelWorkers), counted),
  right("system", (row) => whole(row.instructionsPerWrite?.system), counted),
  right("workers", (row) => shown(row.workersPeak, String)),
  { title: "note", value: note, when: (row) => note(row) !== "" },
];

export function summaryTable(rows: readonly Row[]): string {
  const fields = FIELDS.filter(
    ({ value, when, onlyVaried }) =>
      (when === undefined || rows.some(when)) && (!onlyVaried || new Set(rows.map(value)).size > 1),
  );
  const cells = rows.map((row) => fields.map((field) => field.value(row)));
  const table = renderTable(fields, cells);
  return cells.flat().includes(UNKNOWN) ? `${table}\n\n${UNKNOWN}: not measured` : table;
}

/** Beside what kernel workers spent: what the same threads spend in as much time while nobody writes. */
function kernelWorkers({ cpuNsPerWrite }: ScenarioSummary): string {
  const idle = cpuNsPerWrite.kernelWorkersIdle;
  const worked = micros(cpuNsPerWrite.kernelWorkers);
  return idle === null ? worked : `${worked} (${micros(idle)})`;
}

function note(row: ScenarioSummary): string {
  if (row.skippedReason !== null) return `skipped: ${row.skippedReason}`;
  return row.failedTrials > 0 ? `${row.failedTrials} failed` : "";
}

function shown(value: number | null, format: (value: number) => string): string {
  return value === null ? UNKNOWN : format(value);
}

/** With "~" where the clock that counted it is coarser than a tenth of the value. */
function micros(ns: number | null, resolutionNs: number | null = null): string {
  if (ns === null) return UNKNOWN;
  return `${resolutionNs !== null && resolutionNs > ns / 10 ? "~" : ""}${(ns / 1000).toFixed(1)}`;
}

/** How long single submitting calls kept the submitter: an inline write can block too. */
function stall({ stallNsP99, stallNsMax }: Row): string {
  if (stallNsP99 === null || stallNsMax === null) return UNKNOWN;
  return `${formatNs(stallNsP99)} / ${formatNs(stallNsMax)}`;
}

function whole(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : String(Math.round(value));
}

function pace(intervalNs: number): string {
  return intervalNs === 0 ? "none" : formatNs(intervalNs);
}
