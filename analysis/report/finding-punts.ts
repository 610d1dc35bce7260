import { PREPARATIONS } from "../../results/vocabulary.js";
import { formatPercent } from "../../terminal/percent.js";
import type { Cell } from "../cells/cell.js";
import { groupBy } from "../cells/group-by.js";
import { kernelNames, type NameOf, type Subject } from "../cells/subject.js";
import { estimate } from "../estimates/estimate.js";
import { joined } from "./words.js";

type Habit = "every write punts" | "no write punts" | "some writes punt";

/** At these ratios a sentence may say "every" and "no": the first write to an inode may differ. */
const EVERY = 0.99;
const NONE = 0.01;

/**
 * Who punts, in words: preparations that behave alike on all kernels share a sentence. Emulated
 * kernels count, since punts are exact there; a kernel measured both ways is named once.
 */
export function puntSentences(cells: readonly Cell[], subjects: readonly Subject[]): string[] {
  const nameOf = kernelNames(subjects);
  const all = [...new Set(subjects.map(nameOf))];
  const severalFilesystems = new Set(subjects.map(({ filesystem }) => filesystem)).size > 1;
  const places: Places = { all, word: severalFilesystems ? "pair" : "kernel" };
  const found = PREPARATIONS.map((preparation) => {
    const ratios = ratiosByKernel(cells, preparation, nameOf);
    const habits = groupBy(ratios.keys(), (name) => habitOf(ratios.get(name) as number[]));
    return { preparation, ratios, habits };
  }).filter(({ ratios }) => ratios.size > 0);
  const alike = groupBy(found, ({ habits }) => JSON.stringify([...habits]));
  return [...alike.values()].map((group) => {
    const [{ habits }] = group as [(typeof found)[number]];
    const some = group
      .flatMap(({ ratios }) => [...ratios.values()])
      .filter((values) => habitOf(values) === "some writes punt");
    const parts = [...habits].map(([habit, kernels]) => {
      const range = habit === "some writes punt" ? ` (${rangeOf(some.flat())})` : "";
      return `${habit}${range} ${onKernels(habit, kernels, places)}`;
    });
    return `${joined(group.map(({ preparation }) => preparation))}: ${parts.join("; ")}.`;
  });
}

function rangeOf(ratios: readonly number[]): string {
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map(formatPercent);
  return least === most ? `${least}` : `${least} to ${most}`;
}

/** The names of all that was measured: kernels, or pairs of a kernel and a filesystem. */
interface Places {
  all: readonly string[];
  word: "kernel" | "pair";
}

function onKernels(habit: Habit, kernels: readonly string[], { all, word }: Places): string {
  if (kernels.length < all.length) return `on ${joined(kernels)}`;
  if (all.length === 1) return `on ${all[0]}`;
  const none = habit === "no write punts";
  const of = word === "pair" ? " of kernel and filesystem" : "";
  if (all.length === 2) return none ? `on either ${word}${of}` : `on both ${word}s${of}`;
  return `on ${none ? "any of the" : "all"} ${all.length} ${word}s${of}`;
}

/** Punt ratios of the inline writes of a preparation, by the name of the kernel. */
function ratiosByKernel(
  cells: readonly Cell[],
  preparation: string,
  nameOf: NameOf,
): Map<string, number[]> {
  const ratios = new Map<string, number[]>();
  for (const cell of cells) {
    if (cell.scenario.preparation !== preparation || cell.scenario.arm !== "inline") continue;
    const ratio = estimate(cell, "puntRatio");
    const name = nameOf(cell.subject);
    if (ratio) ratios.set(name, [...(ratios.get(name) ?? []), ratio.point]);
  }
  return ratios;
}

function habitOf(ratios: readonly number[]): Habit {
  if (ratios.every((ratio) => ratio >= EVERY)) return "every write punts";
  return ratios.every((ratio) => ratio < NONE) ? "no write punts" : "some writes punt";
}
