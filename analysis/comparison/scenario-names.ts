import { extentWords, seriesName, variantWords } from "../../results/scenario.js";
import { formatBytes, formatNs } from "../../terminal/units.js";
import type { Comparison, ScenarioComparison } from "./compare.js";

/** One name for each scenario, with what differs between its sides; no two names are equal unless the scenarios are. */
export function scenarioNames({ scenarios }: Comparison): string[] {
  const short = scenarios.map(shortName);
  return short.map((name, index) => {
    const { scenario, differs } = scenarios[index] as ScenarioComparison;
    const several = short.filter((other) => other === name).length > 1;
    const file = `${scenario.durationNs === undefined ? "file" : "trial of"} ${extentWords(scenario)}`;
    const named = several && !differs.some((words) => /^(file|trial of) /.test(words));
    return [name, ...(named ? [file] : []), ...differs].join(", ");
  });
}

function shortName({ scenario, filesystem }: ScenarioComparison): string {
  const pace = scenario.intervalNs > 0 ? `, every ${formatNs(scenario.intervalNs)}` : "";
  const order = scenario.order === "sequential" ? [] : [scenario.order];
  const request = [...variantWords(scenario), ...order].map((word) => `, ${word}`).join("");
  return `${filesystem} ${seriesName(scenario)}${request}, depth ${scenario.queueDepth}, ${formatBytes(scenario.blockSizeBytes)}${pace}`;
}
