import { METRICS } from "../../results/metrics.js";
import { BOOTS_MIN } from "../estimates/change.js";
import type { Comparison, MetricComparison, ScenarioComparison } from "./compare.js";
import { scenarioNames } from "./scenario-names.js";

/** Why no verdict was possible. */
export type UntoldReason = "one side" | "neither side" | "ring" | "trials" | "boots" | "noise";

export interface Untold {
  scenario: string;
  metric: MetricComparison["metric"];
  reason: UntoldReason;
}

/** Every metric without a verdict: nothing may be concluded from it, and no gate may pass over it. */
export function untoldOf(comparison: Comparison): Untold[] {
  const names = scenarioNames(comparison);
  return comparison.scenarios.flatMap((scenario, index) =>
    scenario.metrics
      .filter(({ verdict }) => verdict === "not enough data")
      .map((found) => ({
        scenario: names[index] as string,
        metric: found.metric,
        reason: reasonOf(scenario, found),
      })),
  );
}

function reasonOf(scenario: ScenarioComparison, { a, b, change }: MetricComparison): UntoldReason {
  if (!a && !b) return "neither side";
  if (!a || !b) return "one side";
  if (!change) return scenario.timesCompare ? "trials" : "ring";
  return change.basis === "trials" ? "boots" : "noise";
}

/** What could not be told, and the command that would tell it; empty when everything could. */
export function untoldLines(comparison: Comparison): string[] {
  const all = untoldOf(comparison);
  return REASONS.flatMap((reason) => {
    const found = all.filter((one) => one.reason === reason);
    if (found.length === 0) return [];
    return [
      `Not enough data, ${reason === "boots" ? `fewer than ${BOOTS_MIN} ${comparison.unit}s on a side` : WHY[reason]}:`,
      ...scenariosByMetrics(found, comparison.scenarios.length),
      `  ${remedyFor(reason, comparison)}`,
    ];
  });
}

const REASONS: readonly UntoldReason[] = [
  "boots",
  "ring",
  "trials",
  "noise",
  "one side",
  "neither side",
];

const WHY: Record<Exclude<UntoldReason, "boots">, string> = {
  ring: "the rings had other flags, so the times do not compare",
  trials: "fewer than 2 good trials on a side",
  noise: "the interval is too wide",
  "one side": "not measured on one side",
  "neither side": "not measured on either side",
};

/** "  IOPS, latency p50: in all 18 scenarios"; scenarios that lack the same metrics share a line. */
function scenariosByMetrics(found: readonly Untold[], total: number): string[] {
  const metricsOf = new Map<string, string[]>();
  for (const { scenario, metric } of found) {
    metricsOf.set(scenario, [...(metricsOf.get(scenario) ?? []), METRICS[metric].title]);
  }
  const scenariosOf = new Map<string, string[]>();
  for (const [scenario, metrics] of metricsOf) {
    const key = metrics.join(", ");
    scenariosOf.set(key, [...(scenariosOf.get(key) ?? []), scenario]);
  }
  return [...scenariosOf].map(([metrics, scenarios]) => {
    const all = total > 1 && scenarios.length === total;
    return `  ${metrics}: ${all ? `in all ${total} scenarios` : scenarios.join("; ")}`;
  });
}

function remedyFor(reason: UntoldReason, { a, b, unit }: Comparison): string {
  if (reason === "ring") {
    return "Measure both sides with the same ring flags, or say --allow ring to compare all the same.";
  }
  if (reason === "trials") return "Measure both sides again with --rounds 5 or more.";
  if (reason === "one side" || reason === "neither side") {
    return "See the warnings of these runs, or leave the metric out with --only.";
  }
  if (unit === "host") return `Measure more hosts: each side needs ${BOOTS_MIN} at least.`;
  const runs = [a, b].flatMap(({ analysis }) => analysis.runs);
  const lab = runs.every(({ header }) => header.environment.lab !== null);
  const more = reason === "boots" ? BOOTS_MIN : 2 * BOOTS_MIN;
  if (lab) {
    const kernels = [...new Set(runs.map(({ header }) => header.kernelLabel))].join(",");
    return `Run: puntbench lab --kernels ${kernels} --boots ${more}, with the same options as before.`;
  }
  return reason === "boots"
    ? `Reboot and run the same bench again, until each side has ${BOOTS_MIN} boots.`
    : "Run the same bench with more rounds, and on more boots.";
}
