import type { Cell } from "../cells/cell.js";
import { groupBy } from "../cells/group-by.js";
import { type Slice, slicesOf } from "../cells/slice.js";
import { EMULATED_NOTE, type Subject, subjectName } from "../cells/subject.js";
import type { ChartContext } from "../charts/spec.js";
import type { Analysis } from "../loading/analysis.js";

/** The cells and names that a set of charts is drawn from. */
export interface Scope {
  slice: Slice;
  /** Subjects drawn, in order. */
  subjects: readonly Subject[];
  /** All subjects of the report: names are made to tell these apart. */
  all: readonly Subject[];
  /** Appended to file names. */
  suffix: string;
}

/** The main slice of the subjects that `wanted` picks; null when nothing of them was measured. */
export function scopeOf(
  analysis: Analysis,
  wanted: (subject: Subject) => boolean,
  suffix = "",
): Scope | null {
  const [slice] = slicesOf(analysis.cells.filter((cell) => wanted(cell.subject)));
  if (!slice) return null;
  const present = new Set(slice.cells.concat(slice.paced).map((cell) => cell.subject));
  const subjects = analysis.subjects.filter((subject) => present.has(subject));
  return { slice, subjects, all: analysis.subjects, suffix };
}

/** Times of real and of emulated hardware never share a chart. */
export function withTimesOf(scope: Scope, emulated: boolean): Scope | null {
  const subjects = scope.subjects.filter((subject) => subject.emulated === emulated);
  if (subjects.length === 0) return null;
  const keep = (cell: Cell): boolean => cell.subject.emulated === emulated;
  const slice = {
    ...scope.slice,
    cells: scope.slice.cells.filter(keep),
    paced: scope.slice.paced.filter(keep),
  };
  return { ...scope, slice, subjects, suffix: `${scope.suffix}${emulated ? "-emulated" : ""}` };
}

/** For charts of times; charts of counts pass their own note. */
export function contextOf(scope: Scope, note: string = EMULATED_NOTE): ChartContext {
  const filesystems = [...new Set(scope.subjects.map((subject) => subject.filesystem))];
  return {
    workload: `${scope.slice.workload}, ${filesystems.join(", ")}`,
    subjects: scope.subjects.map((subject) => subjectName(subject, scope.all)),
    emulatedNote: scope.subjects.some((subject) => subject.emulated) ? note : null,
  };
}

/** The other controls are used for the cost; as lines they would only crowd a chart. */
export function isLine({ scenario }: Cell): boolean {
  if (scenario.arm === "inline") return true;
  return scenario.arm === "forced" && scenario.preparation === "dd-prefill";
}

/** The depth that most cells have; the middle one when several are equally common. */
export function usualDepth(cells: readonly Cell[]): number {
  return mostCommon(cells.map((cell) => cell.scenario.queueDepth));
}

/** The middle one of several numbers, the lower of two; undefined when there are none. */
export function middleOf(numbers: readonly number[]): number | undefined {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** The number that occurs most often; the middle one of several such numbers; 1 when there are none. */
export function mostCommon(numbers: readonly number[]): number {
  const groups = [...groupBy(numbers, (number) => number).values()];
  const most = Math.max(...groups.map((group) => group.length));
  const commonest = groups.filter((group) => group.length === most).map(([number]) => number);
  return middleOf(commonest as number[]) ?? 1;
}

/** The cells of at most four depths; when there are more, of the lowest, the usual and the highest. */
export function fewDepths(cells: readonly Cell[]): Cell[] {
  const depths = [...new Set(cells.map((cell) => cell.scenario.queueDepth))].sort((a, b) => a - b);
  if (depths.length <= 4) return [...cells];
  const kept = new Set([depths[0], usualDepth(cells), depths.at(-1)]);
  return cells.filter((cell) => kept.has(cell.scenario.queueDepth));
}

/** A chart of all kernels with more panels than this is not readable; every kernel has its own charts too. */
const PANELS_MAX = 6;

/** All subjects if they fit, else one set of charts for each filesystem, the one with the most kernels first. */
export function overviewScopes(analysis: Analysis): Scope[] {
  const scope = scopeOf(analysis, () => true);
  if (!scope || scope.subjects.length <= PANELS_MAX) return scope ? [scope] : [];
  const byFilesystem = [...groupBy(scope.subjects, ({ filesystem }) => filesystem).values()];
  const inOrder = byFilesystem.sort((a, b) => b.length - a.length);
  return inOrder.flatMap((subjects, index) => {
    const kept = new Set(
      [false, true].flatMap((emulated) =>
        evenly(subjects.filter((subject) => subject.emulated === emulated)),
      ),
    );
    const suffix = index === 0 ? "" : `-${index + 1}`;
    return scopeOf(analysis, (subject) => kept.has(subject), suffix) ?? [];
  });
}

/** Subjects that no chart of the overview shows. Each has its own charts. */
export interface LeftOut {
  /** They would not be readable. */
  crowded: Subject[];
  /** Other requests were measured there. */
  otherwise: Subject[];
}

export function leftOutOfOverview(analysis: Analysis): LeftOut {
  const shown = new Set(overviewScopes(analysis).flatMap(({ subjects }) => subjects));
  const present = scopeOf(analysis, () => true)?.subjects ?? [];
  return {
    crowded: present.filter((subject) => !shown.has(subject)),
    otherwise: analysis.subjects.filter((subject) => !present.includes(subject)),
  };
}

/** As many as fit, first and last among them. */
function evenly(subjects: readonly Subject[]): Subject[] {
  if (subjects.length <= PANELS_MAX) return [...subjects];
  const step = (subjects.length - 1) / (PANELS_MAX - 1);
  return Array.from(
    { length: PANELS_MAX },
    (_, index) => subjects[Math.round(index * step)] as Subject,
  );
}
