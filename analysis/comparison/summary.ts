import { METRICS } from "../../results/metrics.js";
import { seriesName, variantWords } from "../../results/scenario.js";
import { plural } from "../../terminal/plural.js";
import { formatChange, formatChangeInterval, formatMetric } from "../estimates/format.js";
import { type ChangeVerdict, verdictWords } from "../estimates/verdict.js";
import type { Comparison, MetricComparison, ScenarioComparison } from "./compare.js";

export type ScenarioVerdict = ChangeVerdict | "mixed";

/**
 * A scenario is better or worse when no metric says the contrary. It is "within" only when every metric is
 * "within": equal punts do not show that a latency is equal.
 */
export function scenarioVerdict({ metrics }: ScenarioComparison): ScenarioVerdict {
  const has = (verdict: ChangeVerdict): boolean =>
    metrics.some((found) => found.verdict === verdict);
  const improved = has("better") || has("slightly better");
  const worsened = has("worse") || has("slightly worse");
  if (improved && worsened) return "mixed";
  if (improved) return has("better") ? "better" : "slightly better";
  if (worsened) return has("worse") ? "worse" : "slightly worse";
  return has("not enough data") || !has("within") ? "not enough data" : "within";
}

const SENTENCE_WORDS: Record<ScenarioVerdict, string> = {
  better: "better in",
  "slightly better": "slightly better in",
  worse: "worse in",
  "slightly worse": "slightly worse in",
  mixed: "better in one respect and worse in another in",
  within: "within",
  "not enough data": "not enough data in",
};

/** How many scenarios have which verdict; they add up to all scenarios. */
export function countVerdicts({ scenarios }: Comparison): Record<ScenarioVerdict, number> {
  const names = Object.keys(SENTENCE_WORDS) as ScenarioVerdict[];
  const counts = Object.fromEntries(names.map((verdict) => [verdict, 0]));
  for (const scenario of scenarios) {
    const verdict = scenarioVerdict(scenario);
    counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
  return counts as Record<ScenarioVerdict, number>;
}

/** The whole comparison in words that need no explanation. */
export function comparisonSentence(comparison: Comparison): string {
  const { a, b, scenarios, thresholdRatio } = comparison;
  const counts = countVerdicts(comparison);
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => {
      const words = SENTENCE_WORDS[verdict as ScenarioVerdict];
      return verdict === "within"
        ? `${verdictWords(verdict, thresholdRatio)} in ${count}`
        : `${words} ${count}`;
    });
  const sentences = [
    `${b.name} against ${a.name}, over ${plural(scenarios.length, "scenario")}: ${parts.join(", ")}.`,
  ];
  const gain = strongest(comparison, "better");
  const loss = strongest(comparison, "worse") ?? strongest(comparison, "slightly worse");
  if (gain) sentences.push(`Largest gain: ${inWords(gain)}.`);
  if (loss) sentences.push(`Largest loss: ${inWords(loss)}.`);
  else if (counts["not enough data"] === 0) sentences.push("Nothing is shown to be worse.");
  return sentences.join(" ");
}

interface Found {
  scenario: ScenarioComparison;
  metric: MetricComparison;
}

/**
 * The finding farthest from "no change", not of a control arm when there is another. Punts come first, since the
 * other changes follow from them.
 */
function strongest({ scenarios }: Comparison, verdict: ChangeVerdict): Found | null {
  const found = scenarios
    .flatMap((scenario) => scenario.metrics.map((metric) => ({ scenario, metric })))
    .filter(({ metric }) => metric.verdict === verdict)
    .sort((a, b) => control(a) - control(b) || size(b) - size(a));
  return found[0] ?? null;
}

function control({ scenario: { scenario } }: Found): number {
  return Number(scenario.arm !== "inline");
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
  const request = variantWords(scenario).map((word) => `, ${word}`);
  return `${seriesName(scenario)}${request.join("")} at queue depth ${scenario.queueDepth}, ${told.map(changeWords).join(" and ")}`;
}

function changeWords({ metric, a, b, change }: MetricComparison): string {
  const value = (side: MetricComparison["a"]): string =>
    side ? formatMetric(metric, side.point) : "?";
  const factor =
    change?.kind === "ratio" ? ` (${formatChange(change)}, ${formatChangeInterval(change)})` : "";
  return `${METRICS[metric].title} ${value(a)} → ${value(b)}${factor}`;
}
