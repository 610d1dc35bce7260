import { EXIT } from "../../terminal/errors.js";
import type { Comparison } from "./compare.js";

/**
 * The exit code of a comparison. With `failOnRegression`: 3 when any metric of any scenario is worse. Else 4 when
 * any metric of any scenario could not be told, because missing data must not look like a pass; else 0.
 */
export function comparisonExitCode({ scenarios }: Comparison, failOnRegression: boolean): number {
  const verdicts = new Set(
    scenarios.flatMap(({ metrics }) => metrics.map(({ verdict }) => verdict)),
  );
  if (failOnRegression && verdicts.has("worse")) return EXIT.gateCrossed;
  return verdicts.has("not enough data") ? EXIT.notEnoughData : EXIT.ok;
}
