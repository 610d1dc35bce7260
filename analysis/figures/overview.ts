import type { Analysis } from "../analysis.js";
import type { Chart } from "../charts/chart.js";
import type { Comparison } from "../comparison/compare.js";
import { countCharts } from "./counts.js";
import { scopeOf, withTimesOf } from "./scope.js";
import { timeCharts } from "./times.js";
import { upgradeFigure } from "./upgrade.js";

/** The charts over all kernels, in the order in which they are read. */
export function overviewCharts(
  analysis: Analysis,
  comparison: Comparison | null,
  targetUs: number | null,
): Chart[] {
  const scope = scopeOf(analysis, () => true);
  if (!scope) return [];
  const real = withTimesOf(scope, false);
  const emulated = withTimesOf(scope, true);
  return [
    ...countCharts(scope),
    ...(comparison ? upgradeFigure(comparison, scope) : []),
    ...(real ? timeCharts(real, targetUs) : []),
    ...(emulated ? timeCharts(emulated, targetUs) : []),
  ];
}
