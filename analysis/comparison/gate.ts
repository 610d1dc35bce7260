import { EXIT } from "../../terminal/errors.js";
import type { Comparison } from "./compare.js";

/**
 * The exit code of a comparison. Without `failOnRegression`: 0, or 4 when no scenario could be judged. With it: 3
 * when any metric of any scenario is worse; else 4 when a scenario could not be judged or a metric has too few
 * trials, because missing data must not pass the gate; else 0.
 */
export function comparisonExitCode(comparison: Comparison, failOnRegression: boolean): number {
  const { scenarios } = comparison;
  const untold = scenarios.filter(({ metrics }) =>
    metrics.every(({ verdict }) => verdict === "not enough data"),
  );
  if (!failOnRegression) return untold.length === scenarios.length ? EXIT.notEnoughData : EXIT.ok;
  const regression = scenarios.some(({ metrics }) =>
    metrics.some(({ verdict }) => verdict === "worse"),
  );
  if (regression) return EXIT.gateCrossed;
  const tooFew = scenarios.some(({ metrics }) => metrics.some(({ change }) => change === null));
  return untold.length > 0 || tooFew ? EXIT.notEnoughData : EXIT.ok;
}
