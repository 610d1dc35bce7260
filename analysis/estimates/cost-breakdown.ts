import { median } from "simple-statistics";
import type { Metric } from "../../results/metrics.js";
import { seriesName } from "../../results/scenario.js";
import { seededRandom, seedOf } from "../../results/seeded-random.js";
import { isForced, PREPARATIONS, type Preparation } from "../../results/vocabulary.js";
import type { Cell } from "../cells/cell.js";
import { groupBy } from "../cells/group-by.js";
import type { Subject } from "../cells/subject.js";
import { valuesByRound } from "../cells/values.js";
import { pairedShift, SHIFT_VALUES_MAX } from "../statistics/shift.js";
import { costRecipes, type Quantity, type Recipe, type Source } from "./cost-recipe.js";
import { type Estimate, estimate } from "./estimate.js";
import { commonSpending, type Spending } from "./spending.js";
import { type Difference, type WorkCheck, workDifferences } from "./work-check.js";

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
  /** null: no psync was measured beside it, or the quantity is a time, which says nothing of work. */
  check: WorkCheck | null;
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
  const base = index.value({ ...inline, preparation: "dd-prefill" }, null, quantity);
  const total = index.value(inline, null, quantity);
  const punted = estimate(cell, "puntRatio");
  if (!base || !total || !punted || preparation === "dd-prefill") return null;
  const has = (source: Source): boolean => comparable(index.get(source));
  const recipes = costRecipes(inline, punted.point >= PUNTS_FROM, has);
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
    check: punted.point >= PUNTS_FROM ? workCheck(index, inline, quantity) : null,
  };
}

function workCheck(index: CellIndex, inline: Source, quantity: Quantity): WorkCheck | null {
  if (quantity !== "cpuNs" && quantity !== "instructions") return null;
  const [punts, psync] = workDifferences(inline);
  if (!comparable(index.get(punts.to)) || !comparable(index.get(punts.from))) return null;
  const byPunts = index.value(punts.to, punts.from, quantity);
  const byPsync = index.value(psync.to, psync.from, quantity);
  const difference = index.difference(punts, psync, quantity);
  if (!byPunts || !byPsync || !difference) return null;
  const agrees = difference.lower <= 0 && difference.upper >= 0;
  return { byPunts, byPsync, difference, agrees };
}

/** Measured; and where it has a ring, by no more workers than natural punts may have. */
function comparable(cell: Cell | undefined): boolean {
  if (!cell) return false;
  if (!isForced(cell.scenario.arm)) return true;
  return cell.values.workersPeakOfLimit.every((share) => share <= 1);
}

function part(index: CellIndex, recipe: Recipe, quantity: Quantity): CostPart | null {
  const value = index.value(recipe.to, recipe.from, quantity);
  if (!value) return null;
  const { name, assumption } = recipe;
  const uncertain = value.lower <= 0 && value.upper >= 0;
  return { name, value, from: formula(recipe), assumption, uncertain };
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

function formula({ to, from }: Recipe): string {
  const words = (source: Source): string => `${seriesName(source)} at depth ${source.queueDepth}`;
  return `${words(to)} − ${words(from)}`;
}

/** Cells of one subject by what they are, and differences between them by round. */
class CellIndex {
  readonly #cells = new Map<string, Cell>();
  readonly #spending: Record<Spending, Metric>;

  constructor(cells: readonly Cell[]) {
    this.#spending = {
      cpuNs: commonSpending(cells, "cpuNs"),
      instructions: commonSpending(cells, "instructions"),
    };
    for (const cell of cells) {
      if (cell.runOf.length > 0) this.#cells.set(keyOf(cell.scenario), cell);
    }
  }

  /** The metric that stands for a quantity in all cells alike. */
  metricOf(quantity: Quantity): Metric {
    if (quantity === "wallNs") return "iops";
    return quantity === "latencyNsP50" ? quantity : this.#spending[quantity];
  }

  get(source: Source): Cell | undefined {
    return this.#cells.get(keyOf(source));
  }

  /** A cell by round, or how much more it is than another; null when they share fewer than two rounds. */
  value(source: Source, less: Source | null, quantity: Quantity): Estimate | null {
    const rounds = this.#byRound(source, quantity);
    const differences = less ? without(rounds, this.#byRound(less, quantity)) : rounds;
    return this.#estimate(differences, quantity, [source, less]);
  }

  /** How much more one difference is than another, within the same rounds. */
  difference(of: Difference, less: Difference, quantity: Quantity): Estimate | null {
    const rounds = ({ to, from }: Difference) =>
      without(this.#byRound(to, quantity), this.#byRound(from, quantity));
    return this.#estimate(without(rounds(of), rounds(less)), quantity, [of, less]);
  }

  #byRound(source: Source, quantity: Quantity): ByRound {
    const cell = this.get(source);
    return cell ? quantityByRound(cell, this.metricOf(quantity)) : new Map();
  }

  #estimate(byRound: ByRound, quantity: Quantity, seed: unknown): Estimate | null {
    const unit = quantity === "instructions" ? "1" : "ns";
    return estimateOf(byRound, unit, `${quantity} ${JSON.stringify(seed)}`);
  }
}

type ByRound = Map<string, number>;

/** Only rounds that both have. */
function without(rounds: ByRound, less: ByRound): ByRound {
  const differences = [...rounds].flatMap(([round, value]): [string, number][] => {
    const other = less.get(round);
    return other === undefined ? [] : [[round, value - other]];
  });
  return new Map(differences);
}

function keyOf({ preparation, arm, queueDepth }: Source): string {
  return `${preparation} ${arm} ${queueDepth}`;
}

function quantityByRound(cell: Cell, metric: Metric): Map<string, number> {
  return metric === "iops"
    ? valuesByRound(cell, "iops", (iops) => 1e9 / iops)
    : valuesByRound(cell, metric);
}

/** With several boots: the median of each boot's rounds, then the middle of these. */
function estimateOf(byRound: Map<string, number>, unit: string, seed: string): Estimate | null {
  const byBoot = groupBy(byRound, ([round]) => round.slice(0, round.indexOf("/")));
  const boots = [...byBoot.values()].map((rounds) => rounds.map(([, value]) => value));
  const units = boots.length >= 2 ? boots.map((values) => median(values)) : (boots[0] ?? []);
  const shift = pairedShift(units.slice(0, SHIFT_VALUES_MAX), seededRandom(seedOf(seed)));
  if (!shift) return null;
  const { point, lower, upper } = shift;
  return { point, lower, upper, coverage: 0.95, unit, trials: byRound.size, boots: boots.length };
}
