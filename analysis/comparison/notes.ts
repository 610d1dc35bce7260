import { FORCED_DIFFERS, isForced } from "../../results/vocabulary.js";
import { BOOTS_MIN } from "../estimates/change.js";
import { formatLevel } from "../estimates/format.js";
import type { Comparison } from "./compare.js";

/** What a reader must know to read the figures rightly, most important first. */
export function comparisonNotes({ notes, scenarios, findingLevel, unit }: Comparison): string[] {
  const all = scenarios.flatMap(({ metrics }) => metrics);
  const changes = all.flatMap(({ change }) => change ?? []);
  const few = changes.some(({ basis }) => basis === "trials")
    ? [
        `one side has fewer than ${BOOTS_MIN} ${unit}s: what differs from ${unit} to ${unit} is not in these intervals, so no verdict rests on them`,
      ]
    : [];
  const adjusted = changes.some(({ level }) => level > 0.95)
    ? [
        `intervals are 95 %; those marked * are ${formatLevel(findingLevel)}, the level at which all verdicts together are false in at most 5 %`,
      ]
    : changes.some(({ basis }) => basis !== "counts")
      ? ["intervals are 95 %"]
      : [];
  const p99 = all.some(({ metric }) => metric === "latencyNsP99")
    ? ["p50 and p99 are medians of the trials' own p50 and p99"]
    : [];
  const forced = scenarios.some(({ scenario }) => isForced(scenario.arm)) ? [FORCED_DIFFERS] : [];
  return [...notes, ...few, ...adjusted, ...p99, ...forced];
}
