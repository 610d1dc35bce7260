import { readFile } from "node:fs/promises";
import { puntRatioOf } from "../../../results/metrics.js";
import { ResultsLine, type Trial } from "../../../results/schema.js";
import { renderTable } from "../../../terminal/table.js";

/** What of one results file the lab's closing table needs. */
export interface RunSummary {
  column: string;
  emulated: boolean;
  trials: Trial[];
}

/** Reads a results file that the lab brought back; `column` names it in the table. */
export async function readRun(path: string, filesystem: string): Promise<RunSummary> {
  const lines = (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  const parsed = lines.map((line) => ResultsLine.parse(JSON.parse(line)));
  const header = parsed.find((line) => line.type === "header");
  if (!header) throw new Error(`${path}: no header line`);
  return {
    column: filesystem === "ext4" ? header.kernelLabel : `${header.kernelLabel} ${filesystem}`,
    emulated: header.environment.virtualisation.emulated,
    trials: parsed.filter((line) => line.type === "trial"),
  };
}

export interface Row {
  name: string[];
  matches(trial: Trial): boolean;
}

/**
 * Kernel by kernel: the median share of punted writes of each scenario, over all trials and boots,
 * as `100 %`; `-` where nothing was counted. Exact under emulation, as times are not.
 */
export function puntTable(runs: readonly RunSummary[]): string {
  return table(runs, "punted writes", (trials) => {
    const ratios = trials.map(puntRatioOf).filter((ratio) => ratio !== null);
    return ratios.length === 0 ? "-" : percent(median(ratios));
  });
}

export function table(
  runs: readonly RunSummary[],
  title: string,
  cell: (trials: Trial[]) => string,
): string {
  const columns = [...new Set(runs.map((run) => run.column))];
  const rows = scenarioRows(runs.flatMap((run) => run.trials));
  const body = rows.map((row) => [
    ...row.name,
    ...columns.map((column) =>
      cell(
        runs
          .filter((run) => run.column === column)
          .flatMap((run) => run.trials.filter(row.matches)),
      ),
    ),
  ]);
  return `${title}\n${renderTable(
    [
      { title: "preparation" },
      { title: "arm" },
      { title: "depth", align: "right" },
      { title: "interval", align: "right" },
      ...columns.map((column) => ({ title: column, align: "right" as const })),
    ],
    body,
  )}`;
}

/** One row for each scenario that any run has, in the order of the runs' own matrices. */
export function scenarioRows(trials: readonly Trial[]): Row[] {
  const rows = new Map<string, Row>();
  const sorted = [...trials].sort((a, b) => scenarioKey(a).localeCompare(scenarioKey(b)));
  for (const trial of sorted) {
    const key = scenarioKey(trial);
    if (rows.has(key)) continue;
    const { preparation, arm, queueDepth, intervalNs } = trial.scenario;
    const interval = intervalNs === 0 ? "-" : `${intervalNs / 1e6} ms`;
    rows.set(key, {
      name: [preparation, arm, String(queueDepth), interval],
      matches: (candidate) => scenarioKey(candidate) === key,
    });
  }
  return [...rows.values()];
}

const ORDER = ["no-fallocate", "keep-size", "fallocate-0", "zero-range", "dd-prefill"];

function scenarioKey({ scenario }: Trial): string {
  const { preparation, arm, queueDepth, intervalNs, blockSizeBytes } = scenario;
  const place = ORDER.indexOf(preparation);
  const pad = (value: number) => String(value).padStart(14, "0");
  const armPlace = arm === "inline" ? 0 : 1;
  return [place, armPlace, arm, pad(queueDepth), pad(intervalNs), pad(blockSizeBytes)].join(" ");
}

export function percent(ratio: number): string {
  return `${Number((ratio * 100).toFixed(ratio > 0 && ratio < 0.1 ? 1 : 0))} %`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
