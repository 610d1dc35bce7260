import type { Metric } from "../../results/metrics.js";
import { benjaminiHochberg } from "../statistics/benjamini-hochberg.js";
import type { Change } from "./change.js";
import { type ChangeVerdict, excludesNoChange, verdictOf } from "./verdict.js";

/** One of several changes that are judged together. */
export interface Judged {
  metric: Metric;
  /** null: not measured on a side. */
  change: Change | null;
  verdict: ChangeVerdict;
}

const FALSE_DISCOVERY_RATE = 0.05;

/**
 * Among a hundred comparisons a few look like findings by chance. Of m changes the procedure of Benjamini and
 * Hochberg keeps R at the rate q. An interval that excludes "no change" is therefore computed again at the
 * level 1 - R q / m (Y. Benjamini, D. Yekutieli, Journal of the American Statistical Association 100, 2005). At
 * that level just the R kept ones exclude it, so that intervals and verdicts agree.
 *
 * @param all `at` computes the change again at another level.
 * @returns that level.
 */
export function judgeTogether(
  all: readonly { found: Judged; at: (level: number) => Change | null }[],
  threshold: number,
): number {
  const judged = all.flatMap(({ found: { change } }) =>
    change && change.basis !== "trials" ? [change.p] : [],
  );
  const kept = benjaminiHochberg(judged, FALSE_DISCOVERY_RATE).filter(Boolean).length;
  const level = 1 - (FALSE_DISCOVERY_RATE * Math.max(1, kept)) / Math.max(1, judged.length);
  for (const { found, at } of all) {
    const { change, metric } = found;
    if (change && change.basis !== "trials" && excludesNoChange(change)) found.change = at(level);
    found.verdict = verdictOf(found.change, metric, threshold);
  }
  return level;
}
