import { seriesName } from "../../results/scenario.js";
import { plural } from "../../terminal/plural.js";
import type { Explained } from "../cells/explained.js";
import { groupBy } from "../cells/group-by.js";
import { placesWords } from "../cells/kernel-ranges.js";
import { kernelNames, type NameOf, type Subject } from "../cells/subject.js";
import { causesFigure, causesShown, kindOf } from "../chart-data/cause-rows.js";
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
    ...leftOut(analysis).map(text),
    ...causesFigure(analysis).map((chart) => chartBlock(chart)),
    fold("Every cause, with evidence, cure and cost", causesTable(analysis, nameOf)),
    findings.length === 0 ? text(agreement(explained)) : list(findings),
    list(seenWith(explained)),
  ];
  return { id, title, blocks };
}

/** What the chart does not show, so that nobody takes it for what does not punt. */
function leftOut({ explained, subjects }: Analysis): string[] {
  const placeOf = ({ kernelLabel, filesystem }: Subject) => `${kernelLabel} ${filesystem}`;
  const traced = new Set(explained.map(({ subject }) => placeOf(subject)));
  const untraced = subjects.filter((subject) => !traced.has(placeOf(subject)));
  const shown = causesShown(explained);
  const [first] = shown;
  const unseen = explained.filter(
    (one) => one.explanation.skippedReason === null && !shown.includes(one),
  );
  return [
    ...(untraced.length === 0
      ? []
      : [`Measured, but not traced: ${placesWords(untraced, subjects)}.`]),
    ...(first === undefined || unseen.length === 0
      ? []
      : [
          `The chart shows ${kindOf(first)}, back to back; ${plural(unseen.length, "more traced scenario")} at other depths, paces or of other kinds: see the table.`,
        ]),
  ];
}

function disagreements(explained: readonly Explained[], nameOf: NameOf): string[] {
  return explained.flatMap(({ subject, explanation: { scenario, disagreements: found } }) =>
    found.map(
      ({ predicted, observed, writes, evidence }) =>
        `FINDING: ${nameOf(subject)}, ${seriesName(scenario)}, depth ${scenario.queueDepth}: for ${writes} writes the rules expect ${predicted}, but ${observed} was seen${evidence === null ? "" : ` (${evidence})`}.`,
    ),
  );
}

/** A punt whose cause the trace does not show can agree with every rule, so it confirms none. */
function agreement(explained: readonly Explained[]): string {
  const causes = explained.flatMap(({ explanation }) => explanation.causes);
  const punts = causes.reduce((sum, found) => sum + found.punts, 0);
  const unknown = causes
    .filter(({ cause }) => cause === "unknown")
    .reduce((sum, found) => sum + found.punts, 0);
  if (punts > 0 && unknown === punts) {
    return `The traces do not show the cause of any of the ${punts} punts, so they cannot confirm the causes that the rules expect.`;
  }
  const compared = "Where the trace shows a cause, it is the one that the rules expect";
  if (unknown === 0) return `${compared}, in every scenario.`;
  return `${compared}. For ${unknown} of ${punts} punts it shows none: they confirm no rule.`;
}

/** How the kernels were looked at, and what that does not show there; those that are alike in one line. */
function seenWith(explained: readonly Explained[]): string[] {
  const all = explained.map(({ subject }) => subject);
  const alike = groupBy(explained, ({ explanation: { backend, cannotSee } }) => {
    const unseen = cannotSee.length === 0 ? "" : `; not visible: ${cannotSee.join("; ")}`;
    return `with ${backend}${unseen}`;
  });
  return [...alike].map(([how, some]) => {
    const where = some.map(({ subject }) => subject);
    return `Seen ${placesWords(where, all)}, ${how}.`;
  });
}
