import { METRICS, type Metric } from "../../results/metrics.js";
import { seriesName } from "../../results/scenario.js";
import type { Chart } from "../charts/spec.js";
import { type UpgradeRow, upgradeChart } from "../charts/upgrade-chart.js";
import type { Comparison } from "../comparison/compare.js";
import { formatLevel, formatMetric } from "../estimates/format.js";
import { verdictWords } from "../estimates/verdict.js";
import { significant } from "./estimate-rows.js";
import { contextOf, middleOf, type Scope } from "./scope.js";

const SHOWN: readonly Metric[] = [
  "iops",
  "latencyNsP99",
  "cpuNs",
  "cpuNsProcess",
  "instructions",
  "instructionsProcess",
];

/** Arrows of a comparison at the middle one of its depths. */
export function upgradeFigure(comparison: Comparison, scope: Scope): Chart[] {
  const inline = comparison.scenarios.filter(
    ({ scenario }) => scenario.arm === "inline" && scenario.intervalNs === 0,
  );
  const depth = middleOf(inline.map(({ scenario }) => scenario.queueDepth));
  if (depth === undefined) return [];
  const rows = inline
    .filter(({ scenario }) => scenario.queueDepth === depth)
    .flatMap(({ scenario, metrics }) =>
      metrics.flatMap(({ metric, a, b, change, verdict }): UpgradeRow[] => {
        if (!SHOWN.includes(metric) || change?.kind !== "ratio" || !a || !b) return [];
        return [
          {
            series: seriesName(scenario),
            preparation: scenario.preparation,
            arm: scenario.arm,
            metric: METRICS[metric].title,
            ratio: significant(change.point),
            lower: significant(change.lower),
            upper: significant(change.upper),
            verdict: verdictWords(verdict, comparison.thresholdRatio),
            change: `${formatMetric(metric, a.point)} → ${formatMetric(metric, b.point)}`,
            level: formatLevel(change.level),
            basis: change.basis,
          },
        ];
      }),
    );
  if (rows.length === 0) return [];
  const spec = upgradeChart(rows, contextOf(scope), comparison.a.name, comparison.b.name, depth);
  return [{ name: `upgrade${scope.suffix}`, spec }];
}
