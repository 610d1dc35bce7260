import type { Analysis } from "../analysis.js";
import type { Chart } from "../charts/chart.js";
import type { Subject } from "../subject.js";
import { countCharts } from "./counts.js";
import { type Scope, scopeOf, withTimesOf } from "./scope.js";
import { timeCharts } from "./times.js";

/** Beyond this many panels a chart of all kernels is no overview; the others have their own pages. */
const PANELS_MAX = 6;

/** The charts over all kernels, in the order in which they are read. */
export function overviewCharts(analysis: Analysis, targetUs: number | null): Chart[] {
  const scope = scopeOf(analysis, () => true);
  if (!scope) return [];
  const [table, ...counts] = countCharts(scope);
  const few = fewSubjects(analysis, scope);
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

/** All subjects if they fit, else some of the filesystem with the most kernels, from oldest to newest. */
function fewSubjects(analysis: Analysis, scope: Scope): Scope | null {
  if (scope.subjects.length <= PANELS_MAX) return scope;
  const byFilesystem = new Map<string, Subject[]>();
  for (const subject of scope.subjects) {
    byFilesystem.set(subject.filesystem, [
      ...(byFilesystem.get(subject.filesystem) ?? []),
      subject,
    ]);
  }
  const [most = []] = [...byFilesystem.values()].sort((a, b) => b.length - a.length);
  const step = Math.max(1, (most.length - 1) / (PANELS_MAX - 1));
  const kept = new Set(
    Array.from({ length: PANELS_MAX }, (_, index) => most[Math.round(index * step)]),
  );
  return scopeOf(analysis, (subject) => kept.has(subject));
}
