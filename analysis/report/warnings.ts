import { seriesName } from "../../results/scenario.js";
import type { Cell } from "../cells/cell.js";
import { distinctSubjects } from "../cells/explained.js";
import { placesWords } from "../cells/kernel-ranges.js";
import type { Run } from "../cells/run.js";
import { subjectName } from "../cells/subject.js";
import type { Analysis } from "../loading/analysis.js";

/** What a reader must know before believing a figure, the most general first; each text once. */
export function warningTexts(analysis: Analysis): string[] {
  return [
    ...new Set([
      ...emulationWarnings(analysis),
      ...nullWarnings(analysis),
      ...analysis.cells.flatMap((cell) => trialWarnings(cell, analysis)),
      ...analysis.runs.flatMap(runWarnings),
      ...analysis.problems.map(({ file, message }) => `${file}: ${message}`),
    ]),
  ];
}

function emulationWarnings(analysis: Analysis): string[] {
  const seen = [...analysis.explained, ...analysis.replayed].map(({ subject }) => subject);
  const subjects = distinctSubjects([...analysis.subjects, ...seen]);
  const emulated = subjects.filter((subject) => subject.emulated);
  if (emulated.length === 0) return [];
  const all = emulated.length === subjects.length;
  const what = all
    ? "All of this was measured under software emulation"
    : `Measured under software emulation: ${placesWords(emulated, subjects)}`;
  return [`${what}. Punts, return values and workers are exact; times compare with nothing.`];
}

function nullWarnings(analysis: Analysis): string[] {
  return analysis.runs
    .filter((run) => !run.header.environment.privileges.puntCounter)
    .map((run) => {
      const reason = run.header.environment.privileges.puntCounterReason ?? "no reason recorded";
      return `${run.header.kernelLabel}: punts could not be counted (${reason}); they are shown as not measured, not as 0.`;
    });
}

function trialWarnings(cell: Cell, analysis: Analysis): string[] {
  if (cell.failed + cell.skipped === 0) return [];
  const name = `${subjectName(cell.subject, analysis.subjects)}, ${seriesName(cell.scenario)}, queue depth ${cell.scenario.queueDepth}`;
  const counts = [
    cell.failed > 0 ? `${cell.failed} failed` : "",
    cell.skipped > 0 ? `${cell.skipped} skipped` : "",
  ].filter((text) => text !== "");
  return [`${name}: ${counts.join(", ")} (${[...cell.reasons].join("; ")})`];
}

function runWarnings(run: Run): string[] {
  const outcome = run.footer && run.footer.outcome !== "complete" ? run.footer : null;
  const ended = outcome
    ? [`the run was ${outcome.outcome}: ${outcome.reason ?? "no reason given"}`]
    : [];
  const texts = [
    ...run.warnings,
    ...ended,
    ...run.header.warnings,
    ...(run.footer?.warnings ?? []),
  ];
  return texts.map((text) => `${run.header.kernelLabel} (${run.file}): ${text}`);
}
