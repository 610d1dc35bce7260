import { METRICS, type Metric } from "../../results/metrics.js";
import type { Change } from "./change.js";

/**
 * What is said of a change. `within`: it is shown to be smaller than twice the threshold, in either direction.
 * `slightly better` and `slightly worse`: the direction is shown, and the change is below the threshold.
 */
export type ChangeVerdict =
  | "better"
  | "slightly better"
  | "within"
  | "slightly worse"
  | "worse"
  | "not enough data";

/**
 * Reads the verdict off the interval that is shown, so that the two always agree.
 *
 * @param threshold share, e.g. 0.05; for a difference of shares it is that difference.
 */
export function verdictOf(change: Change | null, metric: Metric, threshold: number): ChangeVerdict {
  if (!change || change.basis === "trials") return "not enough data";
  const size = (value: number): number =>
    Math.abs(change.kind === "ratio" ? Math.log(value) : value);
  const limit = (share: number): number =>
    (change.kind === "ratio" ? Math.log1p(share) : share) + 1e-12;
  if (excludesNoChange(change)) {
    const small = size(change.point) < limit(threshold) - 2e-12;
    const improved = (METRICS[metric].better === "higher") === change.point > noChange(change);
    return `${small ? "slightly " : ""}${improved ? "better" : "worse"}`;
  }
  const farthest = Math.max(size(change.lower), size(change.upper));
  return farthest <= limit(2 * threshold) ? "within" : "not enough data";
}

/** Whether the interval lies on one side of "no change". */
export function excludesNoChange(change: Change): boolean {
  return change.lower > noChange(change) || change.upper < noChange(change);
}

function noChange({ kind }: Change): number {
  return kind === "ratio" ? 1 : 0;
}

/** "within 10 %" instead of the name of the verdict. */
export function verdictWords(verdict: string, threshold: number): string {
  return verdict === "within" ? `within ${Number((200 * threshold).toPrecision(3))} %` : verdict;
}
