import { METRICS, type Metric } from "../../results/metrics.js";
import { coloursOf } from "../../terminal/colours.js";
import { markdownTable } from "../../terminal/markdown.js";
import { plural } from "../../terminal/plural.js";
import { escapeMarkdown } from "../../terminal/quote.js";
import { type Column, numberColumns, renderTable, textColumns } from "../../terminal/table.js";
import type { Unit } from "../cells/run.js";
import type { Estimate } from "../estimates/estimate.js";
import { formatChange, formatChangeInterval, formatMetric } from "../estimates/format.js";
import { verdictWords } from "../estimates/verdict.js";
import type { Comparison, MetricComparison, ScenarioComparison } from "./compare.js";
import { comparisonNotes } from "./notes.js";
import { scenarioNames } from "./scenario-names.js";
import { comparisonSentence, countVerdicts, scenarioVerdict } from "./summary.js";
import { untoldLines, untoldOf } from "./untold.js";

/** For a terminal: the summary sentence, then what differs, then every scenario, then what could not be told. */
export function comparisonText(comparison: Comparison, summary: boolean): string {
  const { differences } = comparison;
  const lines = [comparisonSentence(comparison), ""];
  if (differences.length > 0) {
    lines.push("Environments differ:");
    for (const { what, a: left, b: right } of differences) {
      lines.push(`  ${what}: ${left} → ${right}`);
    }
    lines.push("");
  }
  const notes = comparisonNotes(comparison).map((note) => `Note: ${note}.`);
  if (notes.length > 0) lines.push(...notes, "");
  const { green, red } = coloursOf(process.stdout);
  const colours: Record<string, (text: string) => string> = { better: green, worse: red };
  const table = tableOf(comparison, summary, "");
  const rows = table.rows.map((row) => row.map((cell) => colours[cell]?.(cell) ?? cell));
  lines.push(renderTable(table.columns, rows));
  const untold = untoldLines(comparison);
  if (untold.length > 0) lines.push("", ...untold);
  return lines.join("\n");
}

/** For a pull request: the sentence, what could not be told, and the table. */
export function comparisonMarkdown(comparison: Comparison, summary: boolean): string {
  const { columns, rows } = tableOf(comparison, summary);
  const differences = comparison.differences.map(
    ({ what, a, b }) => `Environments differ: ${what}: ${a} → ${b}`,
  );
  const bullets = [
    ...differences,
    ...comparisonNotes(comparison).map((note) => `Note: ${note}.`),
    ...untoldLines(comparison).map((line) => line.trim()),
  ];
  return [
    `**${escapeMarkdown(comparisonSentence(comparison))}**`,
    "",
    ...markdownTable(columns, rows),
    "",
    ...bullets.map((line) => `- ${escapeMarkdown(line)}`),
  ].join("\n");
}

function tableOf(comparison: Comparison, summary: boolean, repeated?: string) {
  return summary
    ? { columns: summaryColumns(comparison), rows: summaryRows(comparison) }
    : { columns: comparisonColumns(comparison), rows: comparisonRows(comparison, repeated) };
}

export function comparisonColumns({ a, b }: Comparison): Column[] {
  return [
    ...textColumns("scenario", "metric"),
    ...numberColumns(`${a.name}, median`, `${b.name}, median`, "B / A of medians", "interval"),
    ...textColumns("verdict"),
  ];
}

/** A row for each metric of each scenario. `repeated` stands for the scenario after its first row. */
export function comparisonRows(comparison: Comparison, repeated?: string): string[][] {
  const names = scenarioNames(comparison);
  return comparison.scenarios.flatMap((scenario, index) => {
    const name = names[index] as string;
    return scenario.metrics.map((found, row) => [
      row === 0 ? name : (repeated ?? name),
      METRICS[found.metric].title,
      pointWords(found.metric, found.a),
      pointWords(found.metric, found.b),
      found.change ? formatChange(found.change) : "?",
      intervalWords(found, comparison.unit),
      verdictWords(found.verdict, comparison.thresholdRatio),
    ]);
  });
}

function pointWords(metric: Metric, side: Estimate | null): string {
  return side ? formatMetric(metric, side.point) : "?";
}

/** "1.05 to 1.12", with a mark for another level than 95 %, or for fewer boots or hosts than a verdict needs. */
function intervalWords({ change, a, b }: MetricComparison, unit: Unit): string {
  if (!change) return "?";
  const words = formatChangeInterval(change);
  if (change.basis === "counts") return "every trial";
  if (change.basis === "trials") {
    const boots = Math.min(a?.boots ?? 0, b?.boots ?? 0);
    return `${words} (${plural(boots, unit)})`;
  }
  return change.level > 0.95 ? `${words} *` : words;
}

/** For `--summary`: a row for each scenario. */
function summaryColumns({ scenarios }: Comparison): Column[] {
  const metrics = shownMetrics(scenarios).map((metric) => METRICS[metric].title);
  return [...textColumns("scenario"), ...numberColumns(...metrics), ...textColumns("verdict")];
}

function summaryRows(comparison: Comparison): string[][] {
  const names = scenarioNames(comparison);
  const metrics = shownMetrics(comparison.scenarios);
  return comparison.scenarios.map((scenario, index) => [
    names[index] as string,
    ...metrics.map((metric) => {
      const change = scenario.metrics.find((found) => found.metric === metric)?.change;
      return change ? formatChange(change) : "?";
    }),
    verdictWords(scenarioVerdict(scenario), comparison.thresholdRatio),
  ]);
}

function shownMetrics(scenarios: readonly ScenarioComparison[]): Metric[] {
  return [...new Set(scenarios.flatMap(({ metrics }) => metrics.map(({ metric }) => metric)))];
}

/** For programs: everything, with estimates as they are. */
export function comparisonJson(comparison: Comparison): object {
  const { a, b, thresholdRatio, findingLevel, differences, scenarios } = comparison;
  const names = scenarioNames(comparison);
  return {
    a: { name: a.name, files: a.analysis.runs.map((run) => run.file) },
    b: { name: b.name, files: b.analysis.runs.map((run) => run.file) },
    sentence: comparisonSentence(comparison),
    thresholdRatio,
    findingLevel,
    verdicts: countVerdicts(comparison),
    notEnoughData: untoldOf(comparison),
    environmentDifferences: differences,
    notes: comparisonNotes(comparison),
    scenarios: scenarios.map((found, index) => ({
      ...found.scenario,
      name: names[index],
      filesystem: found.filesystem,
      differs: found.differs,
      verdict: scenarioVerdict(found),
      metrics: Object.fromEntries(found.metrics.map(({ metric, ...rest }) => [metric, rest])),
    })),
  };
}
