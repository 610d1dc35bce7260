import { seriesName } from "../../results/scenario.js";
import type { Explained } from "../cells/explained.js";
import { kernelNames, type NameOf } from "../cells/subject.js";
import { causesFigure } from "../chart-data/cause-rows.js";
import type { Analysis } from "../loading/analysis.js";
import { causesTable } from "./causes-table.js";
import { type Block, chartBlock, fold, list, type Section, text } from "./model.js";

const HOW =
  "Nothing here was traced. `puntbench explain` traces the writes on this kernel and says why each punted; `puntbench lab --kernels 6.1,6.12 --explain` does so on other kernels.";

const METHOD =
  "Every write of a scenario was issued once more with tracing on, apart from the timed trials, and each punt was given the first check in the kernel that refused it. At depths above 1 that is often the inode's lock, which the retry of an earlier punt holds: the lowest depth shows the cause behind it. The rules for the same file state and kernel were asked beforehand; where they expected something else, it is said.";

/** Why the writes punted, what cures it, and what that is worth by the timed trials of the same scenarios. */
export function causesSection(analysis: Analysis): Section {
  const { explained } = analysis;
  const id = "causes";
  const title = "Why the writes punt";
  if (explained.length === 0) return { id, title, blocks: [text(HOW)] };
  const nameOf = kernelNames(explained.map(({ subject }) => subject));
  const findings = disagreements(explained, nameOf);
  const blocks: Block[] = [
    text(METHOD),
    ...causesFigure(analysis).map((chart) => chartBlock(chart)),
    fold("Every cause, with evidence, cure and cost", causesTable(analysis, nameOf)),
    findings.length === 0
      ? text("In no scenario did the rules expect anything else than what was seen.")
      : list(findings),
    list(seenWith(explained, nameOf)),
  ];
  return { id, title, blocks };
}

function disagreements(explained: readonly Explained[], nameOf: NameOf): string[] {
  return explained.flatMap(({ subject, explanation: { scenario, disagreements: found } }) =>
    found.map(
      ({ predicted, observed, writes, evidence }) =>
        `FINDING: ${nameOf(subject)}, ${seriesName(scenario)}, depth ${scenario.queueDepth}: for ${writes} writes the rules expect ${predicted}, seen was ${observed}${evidence === null ? "" : ` (${evidence})`}.`,
    ),
  );
}

/** How each kernel was looked at, and what that does not show there. */
function seenWith(explained: readonly Explained[], nameOf: NameOf): string[] {
  const lines = explained.map(({ subject, explanation: { backend, cannotSee } }) => {
    const unseen = cannotSee.length === 0 ? "" : `; not to be seen: ${cannotSee.join("; ")}`;
    return `${nameOf(subject)}: seen with ${backend}${unseen}.`;
  });
  return [...new Set(lines)];
}
