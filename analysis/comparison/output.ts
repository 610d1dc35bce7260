import { METRICS } from "../../results/metrics.js";
import { seriesName } from "../../results/scenario.js";
import { coloursOf } from "../../terminal/colours.js";
import { type Column, numberColumns, renderTable, textColumns } from "../../terminal/table.js";
import { formatBytes, formatNs } from "../../terminal/units.js";
import { formatChange, formatChangeInterval, formatMetric } from "../estimates/format.js";
import type { Comparison, ScenarioComparison } from "./compare.js";
import { comparisonSentence, countVerdicts, scenarioVerdict } from "./summary.js";

/** For a terminal: the summary sentence, then what differs, then every scenario. */
export function comparisonText(comparison: Comparison): string {
  const { differences, notes } = comparison;
  const lines = [comparisonSentence(comparison), ""];
  if (differences.length > 0) {
    lines.push("Environments differ:");
    for (const { what, a: left, b: right } of differences) {
      lines.push(`  ${what}: ${left} → ${right}`);
    }
    lines.push("");
  }
  for (const note of notes) lines.push(`Note: ${note}.`);
  if (notes.length > 0) lines.push("");
  const { green, red } = coloursOf(process.stdout);
  const colours: Record<string, (text: string) => string> = { better: green, worse: red };
  const rows = comparisonRows(comparison, "").map((row) =>
    row.map((cell) => colours[cell]?.(cell) ?? cell),
  );
  lines.push(renderTable(comparisonColumns(comparison), rows));
  return lines.join("\n");
}

export function comparisonColumns({ a, b }: Comparison): Column[] {
  return [
    ...textColumns("scenario", "metric"),
    ...numberColumns(a.name, b.name, "change", "95 % interval"),
    ...textColumns("verdict"),
  ];
}

/** A row for each metric of each scenario. `repeated` stands for the scenario after its first row. */
export function comparisonRows({ scenarios }: Comparison, repeated?: string): string[][] {
  return scenarios.flatMap((scenario) =>
    scenario.metrics.map(({ metric, a, b, change, verdict }, index) => [
      index === 0 ? scenarioName(scenario) : (repeated ?? scenarioName(scenario)),
      METRICS[metric].title,
      formatMetric(metric, a.point),
      formatMetric(metric, b.point),
      change ? formatChange(change) : "?",
      change ? formatChangeInterval(change) : "?",
      verdict,
    ]),
  );
}

function scenarioName({ scenario, filesystem }: ScenarioComparison): string {
  const pace = scenario.intervalNs > 0 ? `, every ${formatNs(scenario.intervalNs)}` : "";
  return `${filesystem} ${seriesName(scenario)}, depth ${scenario.queueDepth}, ${formatBytes(scenario.blockSizeBytes)}${pace}`;
}

/** For programs: everything, with estimates as they are. */
export function comparisonJson(comparison: Comparison): object {
  const { a, b, thresholdRatio, differences, notes, scenarios } = comparison;
  return {
    a: { name: a.name, files: a.analysis.runs.map((run) => run.file) },
    b: { name: b.name, files: b.analysis.runs.map((run) => run.file) },
    sentence: comparisonSentence(comparison),
    thresholdRatio,
    verdicts: countVerdicts(comparison),
    environmentDifferences: differences,
    notes,
    scenarios: scenarios.map((found) => ({
      ...found.scenario,
      filesystem: found.filesystem,
      verdict: scenarioVerdict(found),
      metrics: Object.fromEntries(found.metrics.map(({ metric, ...rest }) => [metric, rest])),
    })),
  };
}
