import { median, medianAbsoluteDeviation } from "simple-statistics";
import { METRICS, type Metric } from "../../results/metrics.js";
import { describeScenario } from "../../results/scenario.js";
import type { Cell } from "../cells/cell.js";
import { groupBy } from "../cells/group-by.js";
import { valuesByUnit } from "../cells/values.js";
import { formatMetric, formatRatio } from "../estimates/format.js";

/** One figure of one host, far from those of the other hosts of its group. */
export interface Outlying {
  host: string;
  group: string;
  scenario: string;
  metric: Metric;
  value: number;
  /** Median of the hosts of the group. */
  usual: number;
}

/** A host with its outlying figures: first those that are worse, the farthest first. */
export interface Outlier {
  host: string;
  figures: Outlying[];
}

const WATCHED_METRICS: readonly Metric[] = ["puntRatio", "iops", "latencyNsP99", "cpuNs"];
/** With fewer hosts the spread of a group is not known. */
const HOSTS_MIN = 5;
/** The modified z-score of B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers, 1993, and its usual limit. */
const Z_MAX = 3.5;
const NORMAL_MAD = 0.6745;
/** A smaller difference is of no interest, however alike the other hosts are. */
const RATIO_MIN = 1.2;
const PUNT_DIFFERENCE_MIN = 0.5;
/** Of hundreds of times some are far by chance: a host is apart where most of its scenarios say so in the same direction. */
const SCENARIOS_SHARE_MIN = 0.5;

/** Hosts that differ from their group, the one with the most worse figures first. */
export function outliersIn(cells: readonly Cell[]): Outlier[] {
  const inline = cells.filter(({ scenario }) => scenario.arm === "inline");
  const all = inline.flatMap((cell) =>
    WATCHED_METRICS.flatMap((metric) => outlyingIn(cell, metric)),
  );
  const measured = scenariosMeasured(inline);
  const alike = groupBy(all, (one) => JSON.stringify([keyOf(one), isWorse(one)]));
  const certain = [...alike.values()].filter((same) => {
    const first = same[0] as Outlying;
    const scenarios = measured.get(keyOf(first)) ?? 0;
    return first.metric === "puntRatio" || same.length >= SCENARIOS_SHARE_MIN * scenarios;
  });
  return [...groupBy(certain.flat(), ({ host }) => host)]
    .map(([host, figures]) => ({ host, figures: figures.sort(worseAndFarFirst) }))
    .sort((a, b) => worse(b) - worse(a) || b.figures.length - a.figures.length);
}

/** In how many scenarios a metric of a host was measured, by `keyOf`. */
function scenariosMeasured(cells: readonly Cell[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    for (const metric of WATCHED_METRICS) {
      for (const host of valuesByUnit(cell, metric).keys()) {
        const key = keyOf({ host: String(host), group: cell.subject.kernelLabel, metric });
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
  }
  return counts;
}

function keyOf({ host, group, metric }: Pick<Outlying, "host" | "group" | "metric">): string {
  return JSON.stringify([host, group, metric]);
}

function outlyingIn(cell: Cell, metric: Metric): Outlying[] {
  const { subject, scenario } = cell;
  if (subject.emulated && metric !== "puntRatio") return [];
  const hosts = [...valuesByUnit(cell, metric)].map(([host, values]) => ({
    host: String(host),
    value: median(values),
  }));
  if (hosts.length < HOSTS_MIN) return [];
  const values = hosts.map(({ value }) => value);
  const isFar = metric === "puntRatio" ? farByDifference(values) : farByRatio(values);
  const usual = median(values);
  return hosts
    .filter(({ value }) => isFar(value))
    .map(({ host, value }) => ({
      host,
      group: subject.kernelLabel,
      scenario: describeScenario(scenario),
      metric,
      value,
      usual,
    }));
}

function farByDifference(values: number[]): (value: number) => boolean {
  const usual = median(values);
  return (value) => Math.abs(value - usual) >= PUNT_DIFFERENCE_MIN;
}

/** On logarithms, so that half as fast is as far as twice as fast. */
function farByRatio(values: number[]): (value: number) => boolean {
  const logs = values.filter((value) => value > 0).map(Math.log);
  if (logs.length < HOSTS_MIN) return () => false;
  const usual = median(logs);
  const spread = medianAbsoluteDeviation(logs);
  return (value) => {
    const away = Math.abs(Math.log(value) - usual);
    return away >= Math.log(RATIO_MIN) && NORMAL_MAD * away > Z_MAX * spread;
  };
}

function worse({ figures }: Outlier): number {
  return figures.filter(isWorse).length;
}

function isWorse({ metric, value, usual }: Outlying): boolean {
  return (METRICS[metric].better === "higher") === value < usual;
}

function worseAndFarFirst(a: Outlying, b: Outlying): number {
  return Number(isWorse(b)) - Number(isWorse(a)) || distance(b) - distance(a);
}

function distance({ metric, value, usual }: Outlying): number {
  return metric === "puntRatio" ? 10 * Math.abs(value - usual) : Math.abs(Math.log(value / usual));
}

/** "latency p99 × 4.02 of the usual 210 µs (fallocate-0 at depth 8)". */
export function outlyingWords({ metric, value, usual, scenario }: Outlying): string {
  const title = METRICS[metric].title;
  const words =
    metric === "puntRatio"
      ? `${title} ${formatMetric(metric, value)}, usually ${formatMetric(metric, usual)}`
      : `${title} × ${formatRatio(value / usual)} of the usual ${formatMetric(metric, usual)}`;
  return `${words} (${scenario})`;
}
