import { METRICS } from "../../results/metrics.js";
import { seriesName } from "../../results/scenario.js";
import type { ChangeVerdict } from "../estimates/change.js";
import { formatChange, formatMetric } from "../estimates/format.js";
import type { Comparison, MetricComparison, ScenarioComparison } from "./compare.js";

export type ScenarioVerdict = ChangeVerdict | "mixed";

/**
 * A scenario is better or worse when no metric says the contrary. It is "same" only when every metric is "same":
 * equal punts do not show that a latency is equal.
 */
export function scenarioVerdict({ metrics }: ScenarioComparison): ScenarioVerdict {
  const has = (verdict: ChangeVerdict): boolean =>
    metrics.some((found) => found.verdict === verdict);
  if (has("better") && has("worse")) return "mixed";
  if (has("better")) return "better";
  if (has("worse")) return "worse";
  return has("not enough data") || !has("same") ? "not enough data" : "same";
}

export function countVerdicts(comparison: Comparison): Record<ScenarioVerdict, number> {
  const counts = { better: 0, worse: 0, mixed: 0, same: 0, "not enough data": 0 };
  for (const scenario of comparison.scenarios) counts[scenarioVerdict(scenario)] += 1;
  return counts;
}

/** The whole comparison in words that need no explanation. The control arms are not counted. */
export function comparisonSentence(full: Comparison): string {
  const { a, b } = full;
  const subject = full.scenarios.filter(({ scenario }) => scenario.arm === "inline");
  const comparison = { ...full, scenarios: subject.length > 0 ? subject : full.scenarios };
  const counts = countVerdicts(comparison);
  const total = comparison.scenarios.length;
  const gain = strongest(comparison, "better");
  const loss = strongest(comparison, "worse");
  const parts = [
    counts.better > 0 ? `better in ${counts.better}` : "",
    counts.worse > 0 ? `worse in ${counts.worse}` : "",
    counts.mixed > 0 ? `better in one respect and worse in another in ${counts.mixed}` : "",
    counts.same > 0 ? `the same in ${counts.same}` : "",
    counts["not enough data"] > 0 ? `not enough data in ${counts["not enough data"]}` : "",
  ].filter((part) => part !== "");
  const sentences = [
    `${b.name} against ${a.name}, over ${total} scenario${total === 1 ? "" : "s"}: ${parts.join(", ")}.`,
  ];
  if (gain) sentences.push(`Largest gain: ${inWords(gain)}.`);
  if (loss) sentences.push(`Largest loss: ${inWords(loss)}.`);
  else if (counts.worse + counts.mixed + counts["not enough data"] === 0) {
    sentences.push("Nothing is shown to be worse.");
  }
  return sentences.join(" ");
}

interface Found {
  scenario: ScenarioComparison;
  metric: MetricComparison;
}

/** The finding farthest from "no change"; punts come first, since the other changes follow from them. */
function strongest({ scenarios }: Comparison, verdict: ChangeVerdict): Found | null {
  const found = scenarios
    .flatMap((scenario) => scenario.metrics.map((metric) => ({ scenario, metric })))
    .filter(({ metric }) => metric.verdict === verdict)
    .sort((a, b) => size(b) - size(a));
  return found[0] ?? null;
}

function size({ scenario, metric: { change, metric } }: Found): number {
  if (!change) return 0;
  if (change.kind === "ratio") {
    // A tail latency varies much more than CPU and throughput do, so it counts less.
    return Math.abs(Math.log(change.point)) * (metric === "latencyNsP99" ? 0.3 : 1);
  }
  // Among equal changes of punts, the one with the largest change of throughput.
  const iops = scenario.metrics.find((found) => found.metric === "iops")?.change;
  return 10 * Math.abs(change.point) + (iops ? Math.abs(Math.log(iops.point)) : 0);
}

function inWords({ scenario: { scenario, metrics }, metric }: Found): string {
  const iops = metrics.find((other) => other.metric === "iops" && other.verdict === metric.verdict);
  const told = iops && iops !== metric ? [metric, iops] : [metric];
  const changes = told.map((found) => {
    const factor = found.change?.kind === "ratio" ? ` (${formatChange(found.change)})` : "";
    return `${METRICS[found.metric].title} ${formatMetric(found.metric, found.a.point)} → ${formatMetric(found.metric, found.b.point)}${factor}`;
  });
  return `${seriesName(scenario)} at queue depth ${scenario.queueDepth}, ${changes.join(" and ")}`;
}
