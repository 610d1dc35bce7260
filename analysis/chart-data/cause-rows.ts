import { seriesName, workloadWords } from "../../results/scenario.js";
import { OBSERVED_CAUSES } from "../../results/vocabulary.js";
import { distinctSubjects, type Explained } from "../cells/explained.js";
import { groupBy } from "../cells/group-by.js";
import { kernelNames } from "../cells/subject.js";
import { type CauseRow, causesChart } from "../charts/cause-chart.js";
import type { Chart } from "../charts/spec.js";
import type { Analysis } from "../loading/analysis.js";
import { scenarioRow, significant } from "./estimate-rows.js";
import { mostCommon } from "./scope.js";

/** Why writes punt, for each kernel; none when nothing was traced. */
export function causesFigure({ explained }: Analysis): Chart[] {
  const shown = causesShown(explained);
  const [first] = shown;
  if (first === undefined) return [];
  const subjects = distinctSubjects(explained.map(({ subject }) => subject));
  const nameOf = kernelNames(subjects);
  const context = {
    workload: kindOf(first),
    subjects: [...new Set(subjects.map(nameOf))],
    emulatedNote: subjects.some((subject) => subject.emulated)
      ? "causes are exact under emulation"
      : null,
  };
  const traced = shown.flatMap((one) => causeRows(one, nameOf(one.subject)));
  const rows = [...traced, ...untracedRows(traced)];
  return [{ name: "causes", spec: causesChart(rows, context) }];
}

/**
 * What the chart shows: requests back to back of the kind that was traced most, at the lowest and at the most common depth. Where a
 * kernel was traced twice, as with and without emulation, the later one stands for both.
 */
export function causesShown(explained: readonly Explained[]): Explained[] {
  const unpaced = explained.filter(
    ({ explanation: { scenario, skippedReason } }) =>
      scenario.intervalNs === 0 && skippedReason === null,
  );
  const kinds = [...groupBy(unpaced, kindOf).values()].sort((a, b) => b.length - a.length);
  const [kind = []] = kinds;
  const depths = kind.map(({ explanation }) => explanation.scenario.queueDepth);
  const kept = new Set([Math.min(...depths), mostCommon(depths)]);
  const nameOf = kernelNames(explained.map(({ subject }) => subject));
  const bars = groupBy(
    kind.filter(({ explanation: { scenario } }) => kept.has(scenario.queueDepth)),
    ({ subject, explanation: { scenario } }) =>
      JSON.stringify([nameOf(subject), scenario.queueDepth, seriesName(scenario)]),
  );
  return [...bars.values()].flatMap((traces) => traces.at(-1) ?? []);
}

/** "4 KiB O_DIRECT writes, sequential". */
export function kindOf({ explanation: { scenario } }: Explained): string {
  return `${workloadWords(scenario)}, ${scenario.order}`;
}

function causeRows({ explanation }: Explained, kernel: string): CauseRow[] {
  const { scenario, writes, backend } = explanation;
  const seen = { ...scenarioRow(kernel, scenario), writes, backend };
  if (explanation.causes.length === 0) {
    return [{ ...seen, cause: null, order: 0, value: 0, punts: 0, evidence: "", emptyBar: "0 %" }];
  }
  return explanation.causes.map(({ cause, punts, evidence }) => ({
    ...seen,
    cause,
    order: OBSERVED_CAUSES.indexOf(cause),
    value: significant(punts / writes),
    punts,
    evidence,
    emptyBar: "",
  }));
}

/** A row for each bar of the chart that nothing was traced for, so that it does not look like "no punt". */
function untracedRows(traced: readonly CauseRow[]): CauseRow[] {
  const barOf = ({ kernel, queueDepth, series }: CauseRow) => `${kernel} ${queueDepth} ${series}`;
  const known = new Set(traced.map(barOf));
  const panels = groupBy(traced, ({ kernel, queueDepth }) => `${kernel} ${queueDepth}`);
  const bars = groupBy(traced, ({ series }) => series);
  const nothing = { cause: null, value: 0, punts: 0, writes: 0, evidence: "", backend: "" };
  return [...panels.values()].flatMap(([panel]) =>
    [...bars.values()].flatMap(([bar]) => {
      if (panel === undefined || bar === undefined) return [];
      const { kernel, queueDepth } = panel;
      const row = { ...bar, kernel, queueDepth, ...nothing, order: 0, emptyBar: "not traced" };
      return known.has(barOf(row)) ? [] : [row];
    }),
  );
}
