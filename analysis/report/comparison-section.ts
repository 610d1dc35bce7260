import { textColumns } from "../../terminal/table.js";
import type { Subject } from "../cells/subject.js";
import { scopeOf } from "../chart-data/scope.js";
import { upgradeFigure } from "../chart-data/upgrade-rows.js";
import type { Allowable } from "../comparison/allowable.js";
import { type Comparison, compareSides } from "../comparison/compare.js";
import { comparisonNotes } from "../comparison/notes.js";
import { comparisonColumns, comparisonRows } from "../comparison/output.js";
import { partOf } from "../comparison/sides.js";
import { comparisonSentence } from "../comparison/summary.js";
import type { Analysis } from "../loading/analysis.js";
import { type Block, chartBlock, fold, list, type Section, table, text } from "./model.js";

const THRESHOLD = 0.05;
/** A report compares these too and names the difference; `puntbench compare` needs --allow. */
const ALLOWED: ReadonlySet<Allowable> = new Set<Allowable>(["device", "ring"]);

/**
 * Of each filesystem its oldest against its newest kernel: real ones if there are two, else emulated ones. Those of real kernels come
 * first. A pair with nothing in common is left out.
 */
export function reportComparisons(analysis: Analysis): Comparison[] {
  const filesystems = [...new Set(analysis.subjects.map(({ filesystem }) => filesystem))];
  const pairs = filesystems.flatMap((filesystem) => {
    const own = analysis.subjects.filter((subject) => subject.filesystem === filesystem);
    return [false, true]
      .map((emulated) => endsOf(own.filter((subject) => subject.emulated === emulated)))
      .filter((pair) => pair !== null)
      .slice(0, 1);
  });
  const emulated = ([oldest]: Pair) => Number(oldest.emulated);
  return pairs
    .sort((a, b) => emulated(a) - emulated(b))
    .flatMap((pair) => compared(analysis, pair) ?? []);
}

type Pair = readonly [oldest: Subject, newest: Subject];

function endsOf(subjects: readonly Subject[]): Pair | null {
  const [oldest, newest] = [subjects[0], subjects.at(-1)];
  return oldest && newest && oldest !== newest ? [oldest, newest] : null;
}

function compared(analysis: Analysis, [oldest, newest]: Pair): Comparison | null {
  const side = (own: Subject) => partOf(analysis, own.kernelLabel, (subject) => subject === own);
  const [a, b] = [side(oldest), side(newest)];
  try {
    return compareSides(a, b, { thresholdRatio: THRESHOLD, allowed: ALLOWED });
  } catch {
    // Nothing in common.
    return null;
  }
}

/** What both sides of a comparison have in common: "on ext4, emulated"; "" where the report need not say it. */
function commonWords({ b }: Comparison, { subjects }: Analysis): string {
  const [own] = b.analysis.subjects;
  const several = new Set(subjects.map(({ filesystem }) => filesystem)).size > 1;
  const words = [several && `on ${own?.filesystem}`, own?.emulated && "emulated"];
  return words.filter(Boolean).join(", ");
}

/** The comparison in words, beginning with the filesystem where the report has several. */
export function comparisonFinding(comparison: Comparison, analysis: Analysis): string {
  const words = commonWords(comparison, analysis);
  const sentence = comparisonSentence(comparison);
  return words === "" ? sentence : `${words[0]?.toUpperCase()}${words.slice(1)}: ${sentence}`;
}

/** "From 6.1 to 7.3 on xfs". */
export function titleOf(comparison: Comparison, analysis: Analysis): string {
  const kernels = `From ${comparison.a.name} to ${comparison.b.name}`;
  const words = commonWords(comparison, analysis);
  if (words === "") return kernels;
  return words.startsWith("on ") ? `${kernels} ${words}` : `${kernels}, ${words}`;
}

/** @param index of the comparison in the report: the sections' names differ. */
export function comparisonSection(
  analysis: Analysis,
  comparison: Comparison,
  index: number,
): Section {
  const suffix = index === 0 ? "" : `-${index + 1}`;
  const scope = scopeOf(
    analysis,
    (subject) =>
      [comparison.a, comparison.b].some((side) => side.analysis.subjects.includes(subject)),
    suffix,
  );
  const charts = scope ? upgradeFigure(comparison, scope) : [];
  const notes = comparisonNotes(comparison).map((note) => `Note: ${note}.`);
  const blocks: Block[] = [
    text(comparisonSentence(comparison)),
    ...(notes.length > 0 ? [list(notes)] : []),
    ...charts.map((chart) => chartBlock(chart)),
    fold("Every scenario", table(comparisonColumns(comparison), comparisonRows(comparison))),
  ];
  if (comparison.differences.length > 0) {
    const columns = textColumns("what", comparison.a.name, comparison.b.name);
    const rows = comparison.differences.map(({ what, a, b }) => [what, a, b]);
    blocks.push(fold("What differs between the environments", table(columns, rows)));
  }
  return {
    id: `comparison${suffix}`,
    title: titleOf(comparison, analysis),
    blocks,
  };
}
