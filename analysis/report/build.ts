import { plural } from "../../terminal/plural.js";
import { placesWords } from "../cells/kernel-ranges.js";
import type { Subject } from "../cells/subject.js";
import { overviewCharts } from "../chart-data/overview.js";
import { leftOutOfOverview } from "../chart-data/scope.js";
import type { Chart } from "../charts/spec.js";
import type { Fleet } from "../fleet/fleet.js";
import type { Analysis } from "../loading/analysis.js";
import type { Demand } from "../plan/capacity.js";
import { capacitySection } from "./capacity-section.js";
import { causesSection } from "./causes-section.js";
import { comparisonSection, reportComparisons } from "./comparison-section.js";
import { costSection } from "./cost-section.js";
import { findings } from "./findings.js";
import { fleetSection } from "./fleet-section.js";
import { kernelSections } from "./kernels-section.js";
import { methodSection, repeatSection } from "./method-sections.js";
import { chartBlock, chartsOf, type Report, type Section, text } from "./model.js";
import { observedSections } from "./observed-section.js";
import { runsSection } from "./runs-section.js";
import { warningTexts } from "./warnings.js";
import { workloadSections } from "./workload-section.js";

const DEFAULT_TITLE = "What an io_uring write costs when it is punted";
const REPLAYED_TITLE = "What a recorded workload does on other kernels";
const WATCHED_TITLE = "What running programs do with io_uring";

export interface ReportRequest {
  /** null: one that fits what was read. */
  title: string | null;
  demand: Demand;
  /** Folder of the report, named in the command that repeats it. */
  out: string;
  /** The hosts, where results come from several; else null. */
  fleet?: Fleet | null;
  /** Called for each chart that is also written to files, as soon as it is known. */
  onChart: (chart: Chart) => void;
}

/** The whole report: findings and the table of punts first, then the evidence. */
export function buildReport(analysis: Analysis, request: ReportRequest): Report {
  const targetUs = request.demand.latencyNsP99 / 1000;
  const overview: Chart[] = [];
  for (const chart of overviewCharts(analysis, targetUs)) {
    request.onChart(chart);
    overview.push(chart);
  }
  const opening = overview.find((chart) => chart.name === "punt-table") ?? null;
  const costCharts = overview.filter((chart) => chart.name.startsWith("cost"));
  const comparisons = reportComparisons(analysis);
  // Of a report on watched programs alone, the sections about trials would be empty.
  const isMeasured = analysis.cells.length + analysis.explained.length > 0;
  const evidence = [
    fleetSection(request.fleet ?? null),
    ...workloadSections(analysis),
    ...observedSections(analysis),
    isMeasured ? causesSection(analysis) : null,
    ...comparisons.map((each, index) => comparisonSection(analysis, each, index)),
    costSection(analysis, costCharts),
    capacitySection(analysis, request.demand),
    overviewSection(
      overview.filter((chart) => chart !== opening && !costCharts.includes(chart)),
      analysis,
    ),
  ].filter((section): section is Section => section !== null);
  const report: Report = {
    title: request.title ?? defaultTitle(analysis, isMeasured),
    basis: basisOf(analysis),
    findings: findings(analysis, comparisons),
    opening,
    warnings: warningTexts(analysis),
    sections: evidence,
  };
  for (const { chart, filesBeside } of chartsOf(report)) {
    if (filesBeside && !overview.includes(chart)) request.onChart(chart);
  }
  if (analysis.subjects.length > 0) report.sections.push(kernelSections(analysis, targetUs));
  if (isMeasured) report.sections.push(methodSection());
  report.sections.push(repeatSection(analysis, request.out), runsSection(analysis));
  return report;
}

function defaultTitle({ observed }: Analysis, isMeasured: boolean): string {
  if (isMeasured) return DEFAULT_TITLE;
  return observed.length > 0 ? WATCHED_TITLE : REPLAYED_TITLE;
}

function overviewSection(charts: readonly Chart[], analysis: Analysis): Section | null {
  if (charts.length === 0) return null;
  return {
    id: "charts",
    title: "All kernels",
    blocks: [...leftOutWords(analysis).map(text), ...charts.map((chart) => chartBlock(chart))],
  };
}

function leftOutWords(analysis: Analysis): string[] {
  const { crowded, otherwise } = leftOutOfOverview(analysis);
  const words = (why: string, subjects: readonly Subject[]) =>
    subjects.length === 0
      ? []
      : [
          `Left out of these charts, ${why}: ${placesWords(subjects, analysis.subjects)}. Each kernel has its own charts below.`,
        ];
  return [
    ...words("so that they stay readable", crowded),
    ...words("because other requests were measured there", otherwise),
  ];
}

function basisOf({ cells, runs, subjects, explained, observed, replayed }: Analysis): string {
  const trials = cells.reduce((sum, cell) => sum + cell.runOf.length, 0);
  const seen = [
    ...subjects,
    ...[...explained, ...observed, ...replayed].map(({ subject }) => subject),
  ];
  const kernels = new Set(seen.map((subject) => subject.kernelLabel)).size;
  const traced = explained.length > 0 ? ` and ${plural(explained.length, "traced scenario")}` : "";
  const watched = observed.length > 0 ? ` and ${plural(observed.length, "watched program")}` : "";
  const again = replayed.length > 0 ? ` and ${plural(replayed.length, "replay")}` : "";
  return `${plural(trials, "trial")}${traced}${watched}${again} in ${plural(runs.length, "run")} on ${plural(kernels, "kernel")}`;
}
