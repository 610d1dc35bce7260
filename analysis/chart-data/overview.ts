import type { Chart } from "../charts/spec.js";
import type { Analysis } from "../loading/analysis.js";
import { countCharts } from "./count-charts.js";
import { overviewScope, scopeOf, withTimesOf } from "./scope.js";
import { timeCharts } from "./time-charts.js";

/** The charts over all kernels, in reading order, each as soon as it is known. */
export function* overviewCharts(analysis: Analysis, targetUs: number | null): Generator<Chart> {
  const scope = scopeOf(analysis, () => true);
  if (!scope) return;
  const [table] = countCharts(scope);
  if (table) yield table;
  const few = overviewScope(analysis);
  const [, ...counts] = countCharts(few ?? scope);
  yield* counts;
  const real = few && withTimesOf(few, false);
  if (real) yield* timeCharts(real, targetUs);
  const emulated = few && withTimesOf(few, true);
  if (emulated) yield* timeCharts(emulated, targetUs);
}
