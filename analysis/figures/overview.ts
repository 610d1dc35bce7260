import type { Analysis } from "../analysis.js";
import type { Chart } from "../charts/chart.js";
import { countCharts } from "./counts.js";
import { overviewScope, scopeOf, withTimesOf } from "./scope.js";
import { timeCharts } from "./times.js";

/** The charts over all kernels, in the order in which they are read. */
export function overviewCharts(analysis: Analysis, targetUs: number | null): Chart[] {
  const scope = scopeOf(analysis, () => true);
  if (!scope) return [];
  const [table, ...counts] = countCharts(scope);
  const few = overviewScope(analysis);
  const ofFew = few && countCharts(few).slice(1);
  const real = few && withTimesOf(few, false);
  const emulated = few && withTimesOf(few, true);
  return [
    ...(table ? [table] : []),
    ...(ofFew ?? counts),
    ...(real ? timeCharts(real, targetUs) : []),
    ...(emulated ? timeCharts(emulated, targetUs) : []),
  ];
}
