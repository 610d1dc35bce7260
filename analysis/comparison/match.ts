import { describeScenario, extentWords, variantWords } from "../../results/scenario.js";
import type { Scenario } from "../../results/schema.js";
import { UserError } from "../../terminal/errors.js";
import { formatBytes } from "../../terminal/units.js";
import type { Cell } from "../cells/cell.js";
import type { Allowable } from "./allowable.js";
import type { Side } from "./sides.js";

/** The same scenario on both sides, and what differs about it all the same. */
export interface Pair {
  a: Cell;
  b: Cell;
  /** "file 16 MiB → 64 MiB". */
  differs: string[];
  /** False: the rings had other flags, so a difference in time could come from them. */
  sameRing: boolean;
}

const NAMED_MAX = 5;

export interface Matching {
  pairs: Pair[];
  notes: string[];
}

/** Throws UserError when the sides wrote blocks of different sizes. */
export function matchCells(a: Side, b: Side, allowed: ReadonlySet<Allowable>): Matching {
  const notes: string[] = [];
  const sameFilesystem = a.analysis.subjects.some((subject) =>
    b.analysis.subjects.some((other) => other.filesystem === subject.filesystem),
  );
  if (!sameFilesystem) notes.push("the filesystems differ; scenarios are matched all the same");
  const anySize = allowed.has("block-size");
  const keyOf = ({ scenario, subject }: Cell): string =>
    JSON.stringify([
      scenario.preparation,
      scenario.arm,
      scenario.queueDepth,
      scenario.intervalNs,
      scenario.order,
      variantWords(scenario),
      anySize ? null : scenario.blockSizeBytes,
      sameFilesystem ? subject.filesystem : null,
    ]);
  const pairs: Pair[] = [];
  const [cellsA, cellsB] = [a, b].map(({ analysis }) => analysis.cells) as [Cell[], Cell[]];
  for (const left of cellsA) {
    const candidates = cellsB
      .filter((cell) => keyOf(cell) === keyOf(left))
      .sort((one, two) => unlike(one, left) - unlike(two, left));
    const alike = candidates.find((cell) => sameSizes(cell.scenario, left.scenario));
    const rivals = measured(cellsA).filter((cell) => keyOf(cell) === keyOf(left));
    const right = alike ?? (rivals[0] === left ? candidates[0] : undefined);
    // With no good trial on either side there is nothing to compare.
    if (right && left.runOf.length + right.runOf.length > 0) pairs.push(pairOf(left, right));
  }
  if (pairs.length === 0) refuseBlockSizes(a, b);
  const matched = new Set(pairs.flatMap((pair) => [pair.a, pair.b]));
  const lonely = measured([...cellsA, ...cellsB]).filter((cell) => !matched.has(cell));
  if (lonely.length > 0 && pairs.length > 0) notes.push(lonelyWords(lonely));
  return { pairs, notes };
}

/** A label may stand for a real and an emulated kernel; real is paired with real, emulated with emulated. */
function unlike(cell: Cell, other: Cell): number {
  return (
    Number(cell.subject.emulated !== other.subject.emulated) * 2 + Number(cell.runOf.length === 0)
  );
}

function measured(cells: readonly Cell[]): Cell[] {
  return cells.filter((cell) => cell.runOf.length > 0);
}

function lonelyWords(cells: readonly Cell[]): string {
  const named = cells.map(
    ({ scenario, subject }) =>
      `${describeScenario(scenario)} on ${subject.kernelLabel} ${subject.filesystem}`,
  );
  const more = named.length > NAMED_MAX ? ` and ${named.length - NAMED_MAX} more` : "";
  return `measured on one side only and not compared: ${named.slice(0, NAMED_MAX).join("; ")}${more}`;
}

function sameSizes(a: Scenario, b: Scenario): boolean {
  return extentWords(a) === extentWords(b) && a.registeredBuffers === b.registeredBuffers;
}

/** "4 MiB → 500 ms" would be no size of a file. */
function lengthName(...sides: Scenario[]): string {
  return sides.some(({ durationNs }) => durationNs !== undefined) ? "trial of" : "file";
}

function pairOf(a: Cell, b: Cell): Pair {
  const aspects: [string, (cell: Cell) => string][] = [
    [lengthName(a.scenario, b.scenario), ({ scenario }) => extentWords(scenario)],
    ["block", ({ scenario }) => formatBytes(scenario.blockSizeBytes)],
    ["buffers", ({ scenario }) => (scenario.registeredBuffers ? "registered" : "plain")],
    ["ring flags", ringFlagsOf],
  ];
  const differs = aspects.flatMap(([what, read]) => {
    const [left, right] = [read(a), read(b)];
    return left === right || left === "" || right === "" ? [] : [`${what} ${left} → ${right}`];
  });
  return { a, b, differs, sameRing: !differs.some((words) => words.startsWith("ring flags")) };
}

function ringFlagsOf({ ringFlags }: Cell): string {
  return [...ringFlags].sort().join(" and ");
}

function refuseBlockSizes(a: Side, b: Side): void {
  const [left, right] = [a, b].map(({ analysis }) => [
    ...new Set(analysis.cells.map((cell) => cell.scenario.blockSizeBytes)),
  ]) as [number[], number[]];
  if (left.some((size) => right.includes(size)) || left.length === 0 || right.length === 0) return;
  throw new UserError(
    `${a.name} wrote blocks of ${left.map(formatBytes).join(", ")}, ${b.name} of ${right.map(formatBytes).join(", ")}`,
    "Measure both with the same --block-size, or say --allow block-size to compare all the same.",
  );
}
