import type { Chart } from "../charts/spec.js";
import type { Analysis } from "../loading/analysis.js";
import { countCharts } from "./count-charts.js";
import { overviewScopes, scopeOf, withTimesOf } from "./scope.js";
import { timeCharts } from "./time-charts.js";

/** The charts over all kernels, in reading order, each as soon as it is known. */
export function* overviewCharts(analysis: Analysis, targetUs: number | null): Generator<Chart> {
  const scope = scopeOf(analysis, () => true);
  if (!scope) return;
  const [table] = countCharts(scope);
  if (table) yield table;
  for (const few of overviewScopes(analysis)) {
    const [, ...counts] = countCharts(few);
    yield* counts;
    for (const emulated of [false, true]) {
      const times = withTimesOf(few, emulated);
      if (times) yield* timeCharts(times, targetUs);
    }
  }
}
