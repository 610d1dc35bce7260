import { groupBy } from "../cells/group-by.js";
import { type Subject, subjectName } from "../cells/subject.js";
import { BASE_PART, type CostRow, costChart } from "../charts/cost-chart.js";
import type { Chart } from "../charts/spec.js";
import { type CostBreakdown, costBreakdowns } from "../estimates/cost-breakdown.js";
import type { Estimate } from "../estimates/estimate.js";
import { scaled } from "./estimate-rows.js";
import { contextOf, fewDepths, type Scope } from "./scope.js";

/** CPU per write taken apart, for every subject of the scope that has a dd-prefill. */
export function costFigure(scope: Scope): Chart[] {
  const bySubject = groupBy(scope.slice.cells, (cell) => cell.subject);
  const breakdowns = [...bySubject.values()]
    .flatMap((cells) => costBreakdowns(cells, ["cpuNs"]))
    .filter((found) => found.parts.length > 0);
  if (breakdowns.length === 0) return [];
  const depths = new Set(fewDepths(scope.slice.cells).map((cell) => cell.scenario.queueDepth));
  const rows = breakdowns
    .filter((breakdown) => depths.has(breakdown.queueDepth))
    .flatMap((breakdown) => costRows(breakdown, scope.all));
  return [{ name: `cost${scope.suffix}`, spec: costChart(rows, contextOf(scope)) }];
}

function costRows(breakdown: CostBreakdown, all: readonly Subject[]): CostRow[] {
  const { preparation, queueDepth, base, parts } = breakdown;
  const row = (part: string, order: number, value: Estimate) => ({
    kernel: subjectName(breakdown.subject, all),
    series: preparation,
    preparation,
    arm: "inline" as const,
    queueDepth,
    part,
    order,
    ...scaled(value, 1000),
    coverage: value.coverage,
    trials: value.trials,
    boots: value.boots,
  });
  return [
    { ...row(BASE_PART, 0, base), from: `dd-prefill at depth ${queueDepth}`, uncertain: false },
    ...parts.map(({ name, value, from, uncertain }, index) => ({
      ...row(name, index + 1, value),
      from,
      uncertain,
    })),
  ];
}
