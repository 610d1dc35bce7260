import type { Scenario } from "../../results/schema.js";
import { bucketsFor } from "../buckets.js";
import type { Cell } from "../cells/cell.js";
import type { Histogram } from "../histogram.js";
import { METRIC_NAMES, type Metric } from "../metrics.js";

/** A cell of one run as it travels from one thread to another: plain data, columns as typed arrays. */
export interface CellPart {
  scenario: Scenario;
  rounds: Int32Array;
  columns: Record<Metric, Float64Array>;
  latencies: HistogramPart[];
  failed: number;
  skipped: number;
  reasons: string[];
  warnings: string[];
}

interface HistogramPart {
  /** Batch of rounds that it belongs to. */
  batch: string;
  significantDigits: number;
  lowestTrackable: number;
  indices: Int32Array;
  counts: Float64Array;
  total: number;
}

/** @param cell of a single run. */
export function packCell(cell: Cell): CellPart {
  const columns = METRIC_NAMES.map((metric) => [metric, new Float64Array(cell.values[metric])]);
  return {
    scenario: cell.scenario,
    rounds: new Int32Array(cell.roundOf),
    columns: Object.fromEntries(columns),
    latencies: [...cell.latencies].map(([key, { histogram }]) => ({
      batch: key.slice(key.indexOf("/") + 1),
      significantDigits: histogram.buckets.significantDigits,
      lowestTrackable: histogram.buckets.lowestTrackable,
      indices: histogram.indices,
      counts: histogram.counts,
      total: histogram.total,
    })),
    failed: cell.failed,
    skipped: cell.skipped,
    reasons: [...cell.reasons],
    warnings: [...cell.warnings],
  };
}

/** All memory of a part, to hand it over to another thread. */
export function buffersOf({ rounds, columns, latencies }: CellPart): ArrayBuffer[] {
  const arrays = [
    rounds,
    ...Object.values(columns),
    ...latencies.flatMap(({ indices, counts }) => [indices, counts]),
  ];
  return [...new Set(arrays.map((array) => array.buffer as ArrayBuffer))];
}

/** A histogram whose buckets are those of this thread. */
export function unpackHistogram(part: HistogramPart): Histogram {
  const { indices, counts, total } = part;
  const buckets = bucketsFor(part.significantDigits, part.lowestTrackable);
  return { buckets, indices, counts, total };
}
