import type { Metric } from "../../results/metrics.js";
import { joined } from "../../terminal/words.js";
import type { Cell } from "../cells/cell.js";
import { distinctSubjects } from "../cells/explained.js";
import { slicesOf } from "../cells/slice.js";
import { subjectName } from "../cells/subject.js";
import { usualDepth } from "../chart-data/scope.js";
import type { Comparison } from "../comparison/compare.js";
import { changeBetween } from "../estimates/change.js";
import { costBreakdowns } from "../estimates/cost-breakdown.js";
import { estimate } from "../estimates/estimate.js";
import {
  formatChange,
  formatChangeInterval,
  formatMetric,
  formatRatio,
} from "../estimates/format.js";
import { prefillBreakEvens } from "../estimates/prefill.js";
import { commonSpending } from "../estimates/spending.js";
import type { Analysis } from "../loading/analysis.js";
import { comparisonFinding } from "./comparison-section.js";
import { causeSentences } from "./finding-causes.js";
import { observedFindings } from "./finding-observed.js";
import { puntSentences } from "./finding-punts.js";
import { stallSentences } from "./finding-stalls.js";
import { workloadFindings } from "./finding-workload.js";

const LINES_MAX = 10;

/** The findings in at most ten lines that need no explanation, the most important first. */
export function findings(analysis: Analysis, comparisons: readonly Comparison[]): string[] {
  const [slice] = slicesOf(analysis.cells);
  if (!analysis.cells.some((cell) => cell.runOf.length > 0) || !slice) {
    const watched = [...workloadFindings(analysis), ...observedFindings(analysis)];
    if (watched.length > 0) return [...causeSentences(analysis), ...watched].slice(0, LINES_MAX);
    const { explained } = analysis;
    if (explained.length === 0) return ["No trial succeeded: see the warnings."];
    const traced = distinctSubjects(explained.map(({ subject }) => subject));
    const told = [...puntSentences([], traced, explained).slice(0, 5), ...causeSentences(analysis)];
    const noCost = "This was traced only: no cost in time is claimed.";
    return [...told.slice(0, LINES_MAX - 1), noCost];
  }
  const lines = [
    ...puntSentences(slice.cells, analysis.subjects, analysis.explained).slice(0, 5),
    ...workloadFindings(analysis).slice(0, 3),
    ...causeSentences(analysis).slice(0, 3),
    ...stallSentences(analysis, slice.cells),
  ];
  const newest = analysis.subjects.filter((subject) => !subject.emulated).at(-1);
  if (newest) {
    const cells = slice.cells.filter((cell) => cell.subject === newest && cell.runOf.length > 0);
    const name = subjectName(newest, analysis.subjects);
    lines.push(...costLines(cells, name));
  } else {
    lines.push(
      "All of this was measured under emulation: punts are exact, and no cost in time is claimed.",
    );
  }
  lines.push(...observedFindings(analysis).slice(0, 2));
  const compared = comparisons
    .map((comparison) => comparisonFinding(comparison, analysis))
    .slice(0, 4);
  return [...lines.slice(0, LINES_MAX - compared.length), ...compared];
}

/** What the worst preparation costs against dd-prefill on one kernel, which parts the cost has, and what is worth doing. */
function costLines(cells: readonly Cell[], kernel: string): string[] {
  const inline = cells.filter(({ scenario }) => scenario.arm === "inline");
  if (inline.length === 0) return [];
  const depth = usualDepth(inline);
  const at = (preparation: string): Cell | undefined =>
    inline.find(
      ({ scenario }) => scenario.preparation === preparation && scenario.queueDepth === depth,
    );
  const cpu = commonSpending(cells, "cpuNs");
  const prefill = at("dd-prefill");
  const dearest = prefill && dearestOf(inline, depth, cpu);
  if (!prefill || !dearest) return [];
  const { preparation } = dearest.scenario;
  const told = [cpu, "iops" as const, "latencyNsP99" as const]
    .map((metric) => costWords(prefill, dearest, metric))
    .filter((words) => words !== null);
  return [
    `On ${kernel} at queue depth ${depth}, ${preparation} against dd-prefill: ${joined(told)}.`,
    ...partsLine(cells, preparation, depth),
    ...withoutPunts(at, prefill, kernel, depth),
    ...prefillLine(cells, preparation, depth),
  ];
}

function dearestOf(inline: readonly Cell[], depth: number, cpu: Metric): Cell | undefined {
  const cost = (cell: Cell): number => estimate(cell, cpu)?.point ?? 0;
  return inline
    .filter(({ scenario }) => scenario.queueDepth === depth)
    .filter(({ scenario }) => scenario.preparation !== "dd-prefill")
    .sort((a, b) => cost(b) - cost(a))[0];
}

const WORDS: Partial<Record<Metric, string>> = {
  cpuNs: "CPU per write",
  cpuNsProcess: "CPU per write (without kernel workers)",
  iops: "IOPS",
  latencyNsP99: "p99 latency (median of trials)",
};

function costWords(from: Cell, to: Cell, metric: Metric): string | null {
  const [before, after] = [estimate(from, metric), estimate(to, metric)];
  if (!before || !after) return null;
  const change = changeBetween(from, to, metric);
  const factor = change
    ? `${formatChange(change)}, ${formatChangeInterval(change)}`
    : `× ${formatRatio(after.point / before.point)}, interval not known`;
  return `${WORDS[metric]} ${formatMetric(metric, after.point)} instead of ${formatMetric(metric, before.point)} (${factor})`;
}

function partsLine(cells: readonly Cell[], preparation: string, depth: number): string[] {
  const found = costBreakdowns(cells, ["cpuNs"]).find(
    (cost) => cost.preparation === preparation && cost.queueDepth === depth,
  );
  if (!found || found.parts.length < 2) return [];
  const parts = found.parts.map(
    ({ name, value, uncertain }) =>
      `${formatMetric("cpuNs", value.point)} ${name}${uncertain ? " (not certain)" : ""}`,
  );
  return [`Of what its write costs more in CPU: ${joined(parts)}.`];
}

/** A write that does not punt still has a cost: the conversion of unwritten extents. */
function withoutPunts(
  at: (preparation: string) => Cell | undefined,
  prefill: Cell,
  kernel: string,
  depth: number,
): string[] {
  const fallocated = at("fallocate-0");
  const ratio = fallocated && estimate(fallocated, "puntRatio");
  if (!fallocated || !ratio || ratio.point >= 0.01) return [];
  const cost = costWords(prefill, fallocated, commonSpending([prefill, fallocated], "cpuNs"));
  const speed = costWords(prefill, fallocated, "iops");
  if (!cost || !speed) return [];
  return [
    `On ${kernel} fallocate is enough to avoid punts, but not free: ${cost} and ${speed} against dd-prefill at queue depth ${depth}.`,
  ];
}

function prefillLine(cells: readonly Cell[], preparation: string, depth: number): string[] {
  const even = prefillBreakEvens(cells).find(
    (found) => found.preparation === preparation && found.queueDepth === depth,
  );
  if (!even) return [];
  const takes = `A prefill takes ${formatMetric("cpuNs", even.prefillNsPerGib.point)} a GiB`;
  if (even.shareOfFile === null) {
    return [`${takes}, more than it saves in one pass over the file against ${preparation}.`];
  }
  const share = (even.shareOfFile * 100).toFixed(0);
  return [
    `${takes} and has paid for itself, against ${preparation}, when ${share} % of the file is written.`,
  ];
}
