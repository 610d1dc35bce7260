import { METRICS, type Metric } from "../../results/metrics.js";
import { formatPercent } from "../../terminal/percent.js";
import { formatNs, formatRate } from "../../terminal/units.js";
import type { Change } from "./change.js";
import type { Estimate } from "./estimate.js";

/** A value of a metric for people: "38.1k", "1.25 ms", "100 %". */
export function formatMetric(metric: Metric, value: number): string {
  if (metric.endsWith("Ratio")) return formatPercent(value);
  if (METRICS[metric].unit === "ns") return value < 0 ? `-${formatNs(-value)}` : formatNs(value);
  return formatRate(value);
}

/** "38.1k (37.0k to 39.2k)"; what was not measured is a question mark, never a zero. */
export function estimateWords(
  metric: Metric,
  found: Pick<Estimate, "point" | "lower" | "upper"> | null,
): string {
  if (!found) return "?";
  const { point, lower, upper } = found;
  const words = (value: number): string => formatMetric(metric, value);
  if (lower === upper) return words(point);
  return `${words(point)} (${words(lower)} to ${words(upper)})`;
}

/** "× 2.13", or "−100 points" for a difference of shares. */
export function formatChange(change: Change): string {
  return change.kind === "ratio" ? `× ${formatRatio(change.point)}` : points(change.point);
}

/** "2.05 to 2.20". */
export function formatChangeInterval({ kind, lower, upper }: Change): string {
  const format = kind === "ratio" ? formatRatio : points;
  return `${format(lower)} to ${format(upper)}`;
}

/** "95 %", "93.8 %", "99.94 %": never rounded up to a certainty. */
export function formatLevel(level: number): string {
  const digits = level > 0.999 ? 2 : 1;
  return `${Number((Math.floor(level * 100 * 10 ** digits + 1e-9) / 10 ** digits).toFixed(digits))} %`;
}

/** How sure the intervals of medians are that stand together: "95 % interval", or what few trials reach. */
export function intervalWords(estimates: readonly { coverage: number | null }[]): string {
  const known = estimates.flatMap(({ coverage }) => coverage ?? []);
  if (known.length === 0) return "interval";
  const [least, most] = [Math.min(...known), Math.max(...known)];
  if (least >= 0.95) return "95 % interval";
  if (most < 0.95 && formatLevel(least) === formatLevel(most)) {
    return `range, ${formatLevel(least)} coverage`;
  }
  return `interval, ${formatLevel(least)} to ${formatLevel(most)} coverage`;
}

/** "2.13", "41.5", "300". */
export function formatRatio(ratio: number): string {
  if (ratio >= 1e4) return "over 10000";
  return ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2);
}

function points(difference: number): string {
  const value = difference * 100;
  const digits = value !== 0 && Math.abs(value) < 10 ? 1 : 0;
  return `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(digits)} points`;
}
