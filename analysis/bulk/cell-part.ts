import { bucketsFor } from "../../results/buckets.js";
import type { Histogram } from "../../results/histogram.js";
import { METRIC_NAMES, type Metric } from "../../results/metrics.js";
import type { Scenario } from "../../results/schema.js";
import { addLatency, type Cell } from "../cells/cell.js";
import type { Cells } from "../cells/cells.js";
import type { Run } from "../cells/run.js";

/** A cell of one run as it travels from one thread to another: plain data, columns as typed arrays. */
export interface CellPart {
  scenario: Scenario;
  rounds: Int32Array;
  columns: Record<Metric, Float64Array>;
  ringFlags: string[];
  latencies: HistogramPart[];
  failed: number;
  skipped: number;
  reasons: string[];
  warnings: string[];
}

interface HistogramPart extends Omit<Histogram, "buckets"> {
  /** Batch of rounds that it belongs to. */
  batch: string;
  significantDigits: number;
  lowestTrackable: number;
}

/** @param cell of a single run. */
export function packCell(cell: Cell): CellPart {
  const columns = METRIC_NAMES.map((metric) => [metric, new Float64Array(cell.values[metric])]);
  return {
    scenario: cell.scenario,
    rounds: new Int32Array(cell.roundOf),
    columns: Object.fromEntries(columns),
    ringFlags: [...cell.ringFlags],
    latencies: [...cell.latencies].map(([key, { histogram }]) => {
      const { buckets, ...counted } = histogram;
      const { significantDigits, lowestTrackable } = buckets;
      return {
        batch: key.slice(key.indexOf("/") + 1),
        significantDigits,
        lowestTrackable,
        ...counted,
      };
    }),
    failed: cell.failed,
    skipped: cell.skipped,
    reasons: [...cell.reasons],
    warnings: [...cell.warnings],
  };
}

/** All memory of a part, for the transfer to another thread. */
export function buffersOf({ rounds, columns, latencies }: CellPart): ArrayBuffer[] {
  const arrays = [
    rounds,
    ...Object.values(columns),
    ...latencies.flatMap(({ indices, counts }) => [indices, counts]),
  ];
  return [...new Set(arrays.map((array) => array.buffer as ArrayBuffer))];
}

/** Adds what another thread has read of a run. */
export function unpackCell(part: CellPart, cells: Cells, run: Run): void {
  const cell = cells.cellOf(part.scenario, run);
  const runIndex = cells.runNumbers.of(run);
  for (const round of part.rounds) {
    cell.runOf.push(runIndex);
    cell.roundOf.push(round);
  }
  for (const metric of METRIC_NAMES) {
    const column = cell.values[metric];
    for (const value of part.columns[metric]) column.push(value);
  }
  for (const { batch, significantDigits, lowestTrackable, ...histogram } of part.latencies) {
    const buckets = bucketsFor(significantDigits, lowestTrackable);
    addLatency(cell, runIndex, batch, { buckets, ...histogram });
  }
  for (const flags of part.ringFlags) cell.ringFlags.add(flags);
  cell.failed += part.failed;
  cell.skipped += part.skipped;
  for (const reason of part.reasons) cell.reasons.add(reason);
  for (const warning of part.warnings) cell.warnings.add(warning);
}
