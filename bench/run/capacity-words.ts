import { describeScenario } from "../../results/scenario.js";
import { plural } from "../../terminal/plural.js";
import { formatNs, formatRate } from "../../terminal/units.js";
import type { RateStep } from "./capacity-search.js";
import type { ScenarioCapacity } from "./find-capacity.js";

/** "dd-prefill at depth 128: capacity 31.2k writes/s at p99 <= 2 ms (...); next step 35k/s gave 3.4 ms (...)". */
export function capacitySentence(found: ScenarioCapacity): string {
  const name = describeScenario(found.scenario);
  const { holds, misses, failed } = found;
  if (failed !== null) return `${name}: no capacity, a trial failed: ${failed}`;
  const target = `p99 <= ${formatNs(found.latencyNsP99Target)}`;
  const bound =
    found.closedLoopIops === null
      ? ""
      : `; back to back at this depth ${formatRate(found.closedLoopIops)}/s`;
  if (holds === null) {
    const lowest = misses === null ? "" : `: even ${gave(misses)}`;
    return `${name}: no load holds ${target}${lowest}${bound}`;
  }
  const capacity = `${formatRate(holds.rate)} writes/s at ${target} (${measured(holds)})`;
  return misses === null
    ? `${name}: capacity at least ${capacity}; the depth limits it, try a larger --queue-depths${bound}`
    : `${name}: capacity ${capacity}; next step ${gave(misses)}${bound}`;
}

function gave(step: RateStep): string {
  return `${formatRate(step.rate)}/s gave ${measured(step)}`;
}

/** "1.8 ms", and with several trials their range. */
function measured({ latencyNsP99, lowestNsP99, highestNsP99, trials }: RateStep): string {
  const middle = formatNs(latencyNsP99);
  const range = trials === 1 ? "" : `${formatNs(lowestNsP99)} to ${formatNs(highestNsP99)} in `;
  return `${middle}, ${range}${plural(trials, "trial")}`;
}
