import { formatNs } from "../../terminal/units.js";
import type { Cell } from "../cells/cell.js";
import { subjectName } from "../cells/subject.js";
import { estimate } from "../estimates/estimate.js";
import type { Analysis } from "../loading/analysis.js";

/** A submitting call that takes longer than this was held up: the CPU work of a full queue takes less. */
const STALL_NS = 1e6;
/** Punts per write up to which a scenario counts as inline, as in the sentences about punts. */
const INLINE = 0.01;

/** "Inline, but it blocked": the longest stall among scenarios that do not punt; empty without one. */
export function stallSentences(analysis: Analysis, cells: readonly Cell[]): string[] {
  const stalled = cells
    .filter(({ scenario, runOf, subject }) => {
      return scenario.arm === "inline" && runOf.length > 0 && !subject.emulated;
    })
    .flatMap((cell) => {
      const ratio = estimate(cell, "puntRatio")?.point ?? Number.NaN;
      const p99 = estimate(cell, "stallNsP99");
      const longest = estimate(cell, "stallNsMax");
      if (!(ratio <= INLINE) || !p99 || !longest || longest.point < STALL_NS) return [];
      return [{ cell, p99: p99.point, longest: longest.point }];
    })
    .toSorted((a, b) => b.longest - a.longest);
  const [worst] = stalled;
  if (!worst) return [];
  const { preparation, queueDepth } = worst.cell.scenario;
  const kernel = subjectName(worst.cell.subject, analysis.subjects);
  return [
    `Inline, but it blocked: ${preparation} at depth ${queueDepth} on ${kernel} does not punt, but a submitting call kept ` +
      `its thread for up to ${formatNs(worst.longest)} (p99 ${formatNs(worst.p99)}, medians over trials)` +
      `${stalled.length > 1 ? `; ${stalled.length - 1} more scenarios show this` : ""}.`,
  ];
}
