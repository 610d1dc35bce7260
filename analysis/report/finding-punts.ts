import type { Scenario } from "../../results/schema.js";
import { PREPARATIONS } from "../../results/vocabulary.js";
import { joined, percentRange } from "../../terminal/words.js";
import type { Cell } from "../cells/cell.js";
import type { Explained } from "../cells/explained.js";
import { groupBy } from "../cells/group-by.js";
import { kernelRange, kernelsByFilesystem } from "../cells/kernel-ranges.js";
import type { Subject } from "../cells/subject.js";
import { causesShown } from "../chart-data/cause-rows.js";
import { estimate } from "../estimates/estimate.js";

type Habit = "every write punts" | "no write punts" | "some writes punt" | typeof ON_TICKS;

const ON_TICKS = "about one write in each clock tick punts";

/** At these ratios a sentence may say "every" and "no": the first write to an inode may differ. */
const EVERY = 0.99;
const NONE = 0.01;

/**
 * Who punts, in words. Preparations that behave alike share a sentence, and so do filesystems. Emulated kernels count, since
 * punts are exact there; a kernel measured both ways is named once.
 * @param explained what was traced: it tells punts on clock ticks from others, and counts where there was no trial.
 */
export function puntSentences(
  cells: readonly Cell[],
  subjects: readonly Subject[],
  explained: readonly Explained[] = [],
): string[] {
  const everywhere = kernelsByFilesystem(subjects);
  const told = [...everywhere].map(([filesystem, kernels]) => ({
    filesystem,
    sentences: sentencesOf(
      cells.filter(({ subject }) => subject.filesystem === filesystem),
      kernels,
      explained.filter(({ subject }) => subject.filesystem === filesystem),
    ),
  }));
  const [only] = told;
  if (told.length <= 1) return only?.sentences.map((sentence) => `${sentence}.`) ?? [];
  const alike = groupBy(
    told.filter(({ sentences }) => sentences.length > 0),
    ({ sentences }) => sentences.join("; "),
  );
  return [...alike].map(
    ([sentences, group]) =>
      `On ${joined(group.map(({ filesystem }) => filesystem))}: ${sentences}.`,
  );
}

/** Of one filesystem: "fallocate-0 and zero-range: every write punts up to 6.1; no write punts from 6.12 on". */
function sentencesOf(
  cells: readonly Cell[],
  kernels: readonly string[],
  explained: readonly Explained[],
): string[] {
  const found = PREPARATIONS.map((preparation) => {
    const ratios = ratiosByKernel(cells, explained, preparation);
    const ticks = kernelsWithTicks(explained, preparation);
    const measured = kernels.filter((kernel) => ratios.has(kernel));
    const habits = groupBy(measured, (kernel) =>
      habitOf(ratios.get(kernel) as number[], ticks.has(kernel)),
    );
    return { preparation, ratios, habits };
  }).filter(({ ratios }) => ratios.size > 0);
  const alike = groupBy(found, ({ habits }) => JSON.stringify([...habits]));
  return [...alike.values()].map((group) => {
    const [{ habits }] = group as [(typeof found)[number]];
    const parts = [...habits].map(([habit, some]) => {
      const shares = group.flatMap(({ ratios }) =>
        some.flatMap((kernel) => ratios.get(kernel) ?? []),
      );
      const range = habit === "some writes punt" ? ` (${percentRange(shares)})` : "";
      return `${habit}${range} ${kernelRange(some, kernels, habit === "no write punts")}`;
    });
    return `${joined(group.map(({ preparation }) => preparation))}: ${parts.join("; ")}`;
  });
}

/** Punt ratios of the inline writes of a preparation, by the label of the kernel: of trials, else of traces. */
function ratiosByKernel(
  cells: readonly Cell[],
  explained: readonly Explained[],
  preparation: string,
): Map<string, number[]> {
  const trials = cells.flatMap((cell): Counted[] => {
    const ratio = estimate(cell, "puntRatio");
    return ratio === null ? [] : [{ ...cell, ratio: ratio.point }];
  });
  const timed = new Set(trials.map(({ subject }) => subject.kernelLabel));
  const traces = causesShown(explained)
    .filter(({ subject, explanation }) => !timed.has(subject.kernelLabel) && explanation.writes > 0)
    .map(({ subject, explanation: { scenario, punts, writes } }): Counted => {
      return { subject, scenario, ratio: punts / writes };
    });
  const own = [...trials, ...traces].filter(
    ({ scenario }) => scenario.preparation === preparation && scenario.arm === "inline",
  );
  const byKernel = groupBy(own, ({ subject }) => subject.kernelLabel);
  return new Map([...byKernel].map(([label, some]) => [label, some.map(({ ratio }) => ratio)]));
}

interface Counted {
  subject: Subject;
  scenario: Scenario;
  ratio: number;
}

/** Kernels on which a timestamp was the cause of this preparation's punts. */
function kernelsWithTicks(explained: readonly Explained[], preparation: string): Set<string> {
  const timed = explained.filter(
    ({ explanation: { scenario, causes } }) =>
      scenario.preparation === preparation &&
      scenario.arm === "inline" &&
      causes.some(({ cause }) => cause === "timestamp"),
  );
  return new Set(timed.map(({ subject }) => subject.kernelLabel));
}

function habitOf(ratios: readonly number[], onTicks: boolean): Habit {
  if (ratios.every((ratio) => ratio >= EVERY)) return "every write punts";
  if (ratios.every((ratio) => ratio < NONE)) return "no write punts";
  return onTicks ? ON_TICKS : "some writes punt";
}
