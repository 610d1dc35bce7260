import { scenarioKey } from "../../results/scenario.js";
import type { Cell } from "../cells/cell.js";
import { type Subject, subjectName } from "../cells/subject.js";
import { bootsOf } from "../cells/values.js";
import { type PercentileRow, percentileChart } from "../charts/percentile-chart.js";
import type { Chart } from "../charts/spec.js";
import { latencyCount, mergedLatencies } from "../estimates/merged-latency.js";
import { fitsLogarithm, scaled, scenarioRow, significant } from "./estimate-rows.js";
import { contextOf, isLine, type Scope, usualDepth } from "./scope.js";

/** From the median to one in ten thousand. */
const ONE_IN = [2, 4, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
/** A quantile with fewer writes above it is not shown. */
const WRITES_BEYOND = 5;

export function percentileFigure(scope: Scope): Chart[] {
  const cells = scope.slice.cells.filter((cell) => isLine(cell) && cell.latencies.size > 0);
  if (cells.length === 0) return [];
  const depth = usualDepth(cells);
  const rows = cells
    .filter((cell) => cell.scenario.queueDepth === depth)
    .flatMap((cell) => percentileRows(cell, scope.all))
    .filter(fitsLogarithm);
  // A run of a few writes has no quantile that enough writes are beyond.
  if (rows.length === 0) return [];
  return [{ name: `percentiles${scope.suffix}`, spec: percentileChart(rows, contextOf(scope)) }];
}

function percentileRows(cell: Cell, all: readonly Subject[]): PercentileRow[] {
  const writes = latencyCount(cell);
  const oneIn = ONE_IN.filter((share) => writes / share >= WRITES_BEYOND);
  if (oneIn.length === 0) return [];
  const shares = oneIn.map((share) => 1 - 1 / share);
  const seed = `percentiles ${scenarioKey(cell.scenario)}`;
  return mergedLatencies(cell, shares, seed).map((interval, index) => ({
    ...scenarioRow(subjectName(cell.subject, all), cell.scenario),
    intervalNs: cell.scenario.intervalNs,
    ...scaled(interval, 1000),
    coverage: interval.coverage,
    trials: cell.runOf.length,
    boots: bootsOf(cell),
    oneIn: oneIn[index] as number,
    percentile: `p${significant(100 * (shares[index] as number))}`,
  }));
}
