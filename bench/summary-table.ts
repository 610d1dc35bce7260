import { type Column, renderTable } from "../terminal/table.js";
import { formatNs, formatRate } from "../terminal/units.js";
import type { ScenarioSummary } from "./summary.js";

/** What was not measured reads as "?", never as 0. */
const UNKNOWN = "?";

interface Field extends Column {
  value: (row: ScenarioSummary) => string;
}

const right = "right" as const;

export function summaryTable(rows: readonly ScenarioSummary[]): string {
  const fields = fieldsFor(rows);
  return renderTable(
    fields,
    rows.map((row) => fields.map((field) => field.value(row))),
  );
}

function fieldsFor(rows: readonly ScenarioSummary[]): Field[] {
  const paced = rows.some((row) => row.intervalNs > 0);
  const instructions = rows.some((row) => row.instructionsPerWrite !== null);
  const predicted = rows.some((row) => row.predictedPuntRatio !== null);
  return [
    { title: "preparation", value: (row) => row.preparation },
    { title: "arm", value: (row) => row.arm },
    { title: "depth", align: right, value: (row) => String(row.queueDepth) },
    ...(paced
      ? [{ title: "interval", align: right, value: (row: ScenarioSummary) => pace(row.intervalNs) }]
      : []),
    { title: "punted", align: right, value: (row) => percent(row.puntRatio) },
    ...(predicted
      ? [
          {
            title: "predicted",
            align: right,
            value: (row: ScenarioSummary) => percent(row.predictedPuntRatio),
          },
        ]
      : []),
    ...(paced
      ? [
          {
            title: "punts/s",
            align: right,
            value: (row: ScenarioSummary) => shown(row.puntsPerSecond, formatRate),
          },
        ]
      : []),
    ...(instructions ? instructionFields : timeFields),
    { title: "workers", align: right, value: (row) => shown(row.workersPeak, String) },
    { title: "note", value: note },
  ];
}

const timeFields: Field[] = [
  { title: "IOPS", align: right, value: (row) => shown(row.iops, formatRate) },
  { title: "p50", align: right, value: (row) => shown(row.latencyNsP50, formatNs) },
  { title: "p99", align: right, value: (row) => shown(row.latencyNsP99, formatNs) },
  {
    title: "CPU µs/write: submitter",
    align: right,
    value: (row) => micros(row.cpuNsPerWrite.submitter),
  },
  { title: "+ io-wq", align: right, value: (row) => micros(row.cpuNsPerWrite.ioWq) },
  { title: "system", align: right, value: (row) => micros(row.cpuNsPerWrite.system) },
];

const instructionFields: Field[] = [
  {
    title: "instructions/write: submitter",
    align: right,
    value: (row) => whole(row.instructionsPerWrite?.submitter ?? null),
  },
  {
    title: "+ io-wq",
    align: right,
    value: (row) => whole(row.instructionsPerWrite?.ioWq ?? null),
  },
  {
    title: "system",
    align: right,
    value: (row) => whole(row.instructionsPerWrite?.system ?? null),
  },
];

function note(row: ScenarioSummary): string {
  if (row.skippedReason !== null) return `skipped: ${row.skippedReason}`;
  return row.failedTrials > 0 ? `${row.failedTrials} failed` : "";
}

function shown(value: number | null, format: (value: number) => string): string {
  return value === null ? UNKNOWN : format(value);
}

/** Rounds towards the middle: a scenario with one punt does not read as 0 %. */
function percent(ratio: number | null): string {
  if (ratio === null) return UNKNOWN;
  if (ratio > 0 && ratio < 0.001) return "<0.1 %";
  if (ratio < 1 && ratio > 0.999) return ">99.9 %";
  return `${Number((ratio * 100).toFixed(1))} %`;
}

/** With "~" where the clock that counted it is coarser than a tenth of the value. */
function micros(ns: number | null, resolutionNs: number | null = null): string {
  if (ns === null) return UNKNOWN;
  return `${resolutionNs !== null && resolutionNs > ns / 10 ? "~" : ""}${(ns / 1000).toFixed(1)}`;
}

function whole(value: number | null): string {
  return value === null ? UNKNOWN : String(Math.round(value));
}

function pace(intervalNs: number): string {
  return intervalNs === 0 ? "none" : formatNs(intervalNs);
}
