import type { Metric } from "../../results/metrics.js";
import { seriesName } from "../../results/scenario.js";
import { isForced, PREPARATIONS, type Preparation } from "../../results/vocabulary.js";
import type { Cell } from "../cells/cell.js";
import type { Subject } from "../cells/subject.js";
import { CellIndex } from "./cell-index.js";
import { type CostCheck, checkRecipes } from "./cost-check.js";
import {
  costRecipes,
  type Difference,
  isWork,
  type Quantity,
  type Recipe,
  type Source,
} from "./cost-recipe.js";
import { type Estimate, estimate } from "./estimate.js";

/** One part of what a write costs more than on dd-prefill. */
export interface CostPart {
  name: string;
  value: Estimate;
  /** "dd-prefill (forced) at depth 8 − dd-prefill at depth 8". */
  from: string;
  assumption: string | null;
  /** The interval holds 0: there may be no such cost. */
  uncertain: boolean;
}

/** The cost of one preparation at one depth, taken apart, in one quantity. */
export interface CostBreakdown {
  subject: Subject;
  preparation: Preparation;
  queueDepth: number;
  quantity: Quantity;
  /** What was measured of it. */
  metric: Metric;
  /** The same write on dd-prefill, inline. */
  base: Estimate;
  /** The write on this preparation, inline: base plus all parts. */
  total: Estimate;
  parts: CostPart[];
  /** Empty where the control arms for it were not measured, and for times, which do not add up like work. */
  checks: CostCheck[];
}

const QUANTITIES: readonly Quantity[] = ["cpuNs", "latencyNsP50", "wallNs", "instructions"];

/** From this share of punted writes on, part of the cost is taken to be that of punts. */
const PUNTS_FROM = 0.5;

/**
 * Takes the cost of every preparation apart, see `costRecipes`. The cells must be of one subject and one slice.
 * Differences are taken within a round, so that drift cancels out, and intervals are computed from these
 * differences. A preparation without a dd-prefill in the same runs has no base and no breakdown.
 */
export function costBreakdowns(cells: readonly Cell[], quantities = QUANTITIES): CostBreakdown[] {
  const index = new CellIndex(cells);
  const depths = [...new Set(cells.map((cell) => cell.scenario.queueDepth))].sort((a, b) => a - b);
  return quantities.flatMap((quantity) =>
    PREPARATIONS.flatMap((preparation) =>
      depths.flatMap(
        (queueDepth) =>
          knownBreakdown(index, { preparation, arm: "inline", queueDepth }, quantity) ?? [],
      ),
    ),
  );
}

type Breakdowns = { [quantity in Quantity]?: CostBreakdown | null };

/** Several parts of a report ask for the same breakdown. */
const known = new WeakMap<Cell, Breakdowns>();

function knownBreakdown(
  index: CellIndex,
  inline: Source,
  quantity: Quantity,
): CostBreakdown | null {
  const cell = index.get(inline);
  if (!cell) return null;
  const found = known.get(cell) ?? {};
  known.set(cell, found);
  if (found[quantity] === undefined) found[quantity] = breakdown(index, cell, inline, quantity);
  return found[quantity] ?? null;
}

function breakdown(
  index: CellIndex,
  cell: Cell,
  inline: Source,
  quantity: Quantity,
): CostBreakdown | null {
  const { preparation, queueDepth } = inline;
  const base = index.value({ ...inline, preparation: "dd-prefill" }, quantity);
  const total = index.value(inline, quantity);
  const punted = estimate(cell, "puntRatio");
  if (!base || !total || !punted || preparation === "dd-prefill") return null;
  const punts = punted.point >= PUNTS_FROM;
  const checks = punts && isWork(quantity) ? costChecks(index, inline, quantity) : [];
  const refuted = new Set(checks.filter(({ agrees }) => !agrees).map(({ arm }) => arm));
  const has = (source: Source): boolean =>
    comparable(index.get(source)) && !refuted.has(source.arm);
  const recipes = costRecipes(inline, punts, quantity, has);
  const parts = recipes.map((recipe) => part(index, recipe, quantity));
  if (parts.some((found) => found === null)) return null;
  return {
    subject: cell.subject,
    preparation,
    queueDepth,
    quantity,
    metric: index.metricOf(quantity),
    base,
    total,
    parts: parts as CostPart[],
    checks,
  };
}

function costChecks(index: CellIndex, inline: Source, quantity: Quantity): CostCheck[] {
  return checkRecipes(inline).flatMap(({ name, arm, byParts, bySecond }) => {
    const cells = [byParts.to, byParts.from, bySecond.to, bySecond.from];
    if (!cells.every((source) => comparable(index.get(source)))) return [];
    const first = index.difference(byParts, null, quantity);
    const second = index.difference(bySecond, null, quantity);
    const difference = index.difference(byParts, bySecond, quantity);
    if (!first || !second || !difference) return [];
    const agrees = difference.lower <= 0 && difference.upper >= 0;
    const from = formula(bySecond);
    return [{ name, arm, byParts: first, bySecond: second, from, difference, agrees }];
  });
}

/** Measured; and where it has a ring, by no more workers than natural punts may have. */
function comparable(cell: Cell | undefined): boolean {
  if (!cell) return false;
  if (!isForced(cell.scenario.arm)) return true;
  return cell.values.workersPeakOfLimit.every((share) => share <= 1);
}

function part(index: CellIndex, recipe: Recipe, quantity: Quantity): CostPart | null {
  const { name, assumption, less } = recipe;
  const value = index.difference(recipe, less, quantity);
  if (!value) return null;
  const uncertain = value.lower <= 0 && value.upper >= 0;
  const from = less ? `${formula(recipe)} − (${formula(less)})` : formula(recipe);
  return { name, value, from, assumption, uncertain };
}

/**
 * IOPS that each part of a breakdown in wall time takes away, when they are added in their order:
 * 1 / base, then 1 / (base + first part), and so on. Their sum is the whole loss.
 */
export function lostIops(breakdown: CostBreakdown): number[] {
  let wallNs = breakdown.base.point;
  return breakdown.parts.map(({ value }) => {
    const before = 1e9 / wallNs;
    wallNs += value.point;
    return before - 1e9 / wallNs;
  });
}

function formula({ to, from }: Difference): string {
  const words = (source: Source): string => `${seriesName(source)} at depth ${source.queueDepth}`;
  return `${words(to)} − ${words(from)}`;
}
