import { textColumns } from "../../terminal/table.js";
import { type Subject, subjectName } from "../cells/subject.js";
import { scopeOf } from "../chart-data/scope.js";
import { upgradeFigure } from "../chart-data/upgrade-rows.js";
import type { Allowable } from "../comparison/allowable.js";
import { type Comparison, compareSides } from "../comparison/compare.js";
import { comparisonNotes } from "../comparison/notes.js";
import { comparisonColumns, comparisonRows } from "../comparison/output.js";
import { comparisonSentence } from "../comparison/summary.js";
import type { Analysis } from "../loading/analysis.js";
import { type Block, chartBlock, fold, type Section, table, text } from "./model.js";

const THRESHOLD = 0.05;
/** A report compares these too and names the difference; `puntbench compare` needs --allow. */
const ALLOWED: ReadonlySet<Allowable> = new Set<Allowable>(["device", "ring"]);

/** Oldest against newest kernel: real ones if there are two on the same filesystem, else emulated ones. */
export function reportComparison(analysis: Analysis): Comparison | null {
  for (const emulated of [false, true]) {
    const candidates = analysis.subjects.filter((subject) => subject.emulated === emulated);
    for (const filesystem of new Set(candidates.map((subject) => subject.filesystem))) {
      const subjects = candidates.filter((subject) => subject.filesystem === filesystem);
      const [oldest, newest] = [subjects[0], subjects.at(-1)];
      if (!oldest || !newest || oldest === newest) continue;
      const [a, b] = [sideOf(analysis, oldest), sideOf(analysis, newest)];
      try {
        return compareSides(a, b, { thresholdRatio: THRESHOLD, allowed: ALLOWED });
      } catch {
        // Nothing in common on this filesystem: try the next.
      }
    }
  }
  return null;
}

function sideOf(analysis: Analysis, subject: Subject) {
  const cells = analysis.cells.filter((cell) => cell.subject === subject);
  const runs = analysis.runs.filter((run) => run.header.kernelLabel === subject.kernelLabel);
  return {
    name: subjectName(subject, analysis.subjects),
    analysis: { ...analysis, runs, cells, subjects: [subject] },
  };
}

export function comparisonSection(analysis: Analysis, comparison: Comparison): Section {
  const scope = scopeOf(analysis, (subject) =>
    [comparison.a, comparison.b].some((side) => side.analysis.subjects.includes(subject)),
  );
  const charts = scope ? upgradeFigure(comparison, scope) : [];
  const blocks: Block[] = [
    text(comparisonSentence(comparison)),
    ...comparisonNotes(comparison).map((note) => text(`Note: ${note}.`)),
    ...charts.map((chart) => chartBlock(chart)),
    fold("Every scenario", table(comparisonColumns(comparison), comparisonRows(comparison))),
  ];
  if (comparison.differences.length > 0) {
    const columns = textColumns("what", comparison.a.name, comparison.b.name);
    const rows = comparison.differences.map(({ what, a, b }) => [what, a, b]);
    blocks.push(fold("What differs between the environments", table(columns, rows)));
  }
  return {
    id: "comparison",
    title: `From ${comparison.a.name} to ${comparison.b.name}`,
    blocks,
  };
}
